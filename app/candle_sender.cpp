#include "app/candle_sender.hpp"

#include <array>
#include <utility>

namespace riskbreaker::app {

using std::chrono::steady_clock;

candle_sender::candle_sender(candle_sender_config config, stop_signal& stop)
  : config_(std::move(config)),
    stop_(stop),
    socket_(context_, zmq::socket_type::push),
    monitor_(context_, zmq::socket_type::pair) {
  socket_.set(zmq::sockopt::sndhwm, config_.high_water);
  socket_.set(zmq::sockopt::linger, 0); // until there is something to lose
  use_curve(socket_, config_.curve);
  // Only a finished handshake proves a daemon: anything may accept a
  // connection.
  constexpr auto events = ZMQ_EVENT_HANDSHAKE_SUCCEEDED;
  const char* monitor_address = "inproc://candle-sender";
  if (zmq_socket_monitor(socket_.handle(), monitor_address, events) != 0)
    throw zmq::error_t{};
  monitor_.connect(monitor_address);
  socket_.connect(config_.address);
}

send_result candle_sender::wait_for_listener() {
  std::array<zmq::pollitem_t, 2> items{{{monitor_.handle(), 0, ZMQ_POLLIN, 0},
                                        {nullptr, stop_.fd(), ZMQ_POLLIN, 0}}};
  zmq::poll(items, config_.timeout);
  if (stop_.raised())
    return send_result::interrupted;
  if ((items[0].revents & ZMQ_POLLIN) == 0)
    return send_result::nobody;
  connected_ = true;
  // From here on nothing that was handed over may be dropped at the end.
  socket_.set(zmq::sockopt::linger, static_cast<int>(config_.timeout.count()));
  zmq_socket_monitor(socket_.handle(), nullptr, 0);
  return send_result::sent;
}

send_result candle_sender::give_up(send_result why) {
  // Whoever pressed a key does not wait long; who waited in vain, no more.
  socket_.set(zmq::sockopt::linger,
              why == send_result::interrupted ? 1'000 : 0);
  return why;
}

send_result candle_sender::send(const std::string& frame) {
  if (!connected_)
    if (auto found = wait_for_listener(); found != send_result::sent)
      return found;
  if (stop_.raised())
    return give_up(send_result::interrupted);
  if (socket_.send(zmq::buffer(frame), zmq::send_flags::dontwait))
    return send_result::sent;
  std::array<zmq::pollitem_t, 2> items{{{socket_.handle(), 0, ZMQ_POLLOUT, 0},
                                        {nullptr, stop_.fd(), ZMQ_POLLIN, 0}}};
  auto deadline = steady_clock::now() + config_.timeout;
  for (;;) {
    auto left = std::chrono::ceil<std::chrono::milliseconds>(
      deadline - steady_clock::now());
    if (left.count() <= 0)
      return give_up(send_result::stuck);
    zmq::poll(items, left);
    if (stop_.raised())
      return give_up(send_result::interrupted);
    if (socket_.send(zmq::buffer(frame), zmq::send_flags::dontwait))
      return send_result::sent;
  }
}

bool candle_sender::wait(std::chrono::nanoseconds time) {
  auto deadline = steady_clock::now() + time;
  std::array<zmq::pollitem_t, 1> items{{{nullptr, stop_.fd(), ZMQ_POLLIN, 0}}};
  while (!stop_.raised()) {
    auto left = std::chrono::ceil<std::chrono::milliseconds>(
      deadline - steady_clock::now());
    if (left.count() <= 0)
      return true;
    zmq::poll(items, left);
  }
  return false;
}

bool candle_sender::finish() {
  // ZeroMQ does not say whether lingering ended because all had left or because
  // the time was up; the time it took does.
  auto start = steady_clock::now();
  monitor_.close();
  socket_.close();
  context_.close();
  return steady_clock::now() - start < config_.timeout;
}

} // namespace riskbreaker::app
