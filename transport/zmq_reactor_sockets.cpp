#include "transport/zmq_reactor_sockets.hpp"

#include <algorithm>
#include <cerrno>
#include <stdexcept>

namespace riskbreaker::transport {

namespace {

constexpr int candles_hwm = 1'000;
constexpr int control_hwm = 1'000; ///< replies one client may leave unread

/// Messages one subscriber may lag behind. ZeroMQ's own 1,000 cost a healthy
/// subscriber a third of them at full speed; at 20,000 one that got no
/// processor for a moment lost 1.5 %. Costs up to 90 MB for each that stops
/// reading.
constexpr std::uint32_t results_hwm = 100'000;

/// Subscriptions are topics' prefixes, and no topic is nearly as long. ZeroMQ
/// keeps them in a tree a byte a level and walks it recursively: one of a
/// quarter of a megabyte overflows its stack.
constexpr std::int64_t max_subscription = 4'096;

/// Above what control takes, so that a large request still gets its answer;
/// whoever sends more than this is cut off.
constexpr std::int64_t max_control_frame = 4 << 20;

/// ZeroMQ drops the connection at this many times `max_frame`, without a word.
/// Up to there the frame can be refused by name.
constexpr std::int64_t hard_stop_factor = 16;

constexpr int linger_ms = 1'000;

void set_common(zmq::socket_t& socket, int linger, std::int64_t max_message) {
  socket.set(zmq::sockopt::linger, linger);
  socket.set(zmq::sockopt::maxmsgsize, max_message);
  socket.set(zmq::sockopt::ipv6, false);
  // Finds peers that vanished without closing: laptops, NAT boxes.
  socket.set(zmq::sockopt::tcp_keepalive, 1);
  socket.set(zmq::sockopt::tcp_keepalive_idle, 60);
  socket.set(zmq::sockopt::tcp_keepalive_intvl, 10);
  socket.set(zmq::sockopt::tcp_keepalive_cnt, 3);
}

/// ZeroMQ itself takes any number and binds what is left of it in 16 bits.
bool has_impossible_port(const std::string& address) {
  const auto colon = address.rfind(':');
  if (address.rfind("tcp://", 0) != 0 || colon == std::string::npos)
    return false;
  const auto port = address.substr(colon + 1);
  return port.find_first_not_of("0123456789") == std::string::npos
         && (port.size() > 5 || (!port.empty() && std::stoi(port) > 65'535));
}

void bind(zmq::socket_t& socket, const std::string& address, const char* name,
          const char* clients) {
  try {
    if (has_impossible_port(address))
      throw zmq::error_t(EINVAL);
    socket.bind(address);
  } catch (const zmq::error_t& error) {
    const auto setting = "`transport." + std::string{name} + ".bind`";
    throw std::runtime_error(
      "cannot bind " + address + " for " + name + " (" + clients
      + " clients connect here): " + error.what()
      + (error.num() == EADDRINUSE
           ? "; choose another " + setting
               + " or stop the program that holds it"
           : "; mend " + setting + ", which looks like tcp://127.0.0.1:5555"));
  }
}

} // namespace

reactor_sockets::reactor_sockets(const reactor_config& config)
  // Encryption is done by ZeroMQ's own threads, a connection by one of them: a
  // pusher's and a subscriber's shall not wait for each other.
  : context(config.curve ? 2 : 1),
    pull(context, zmq::socket_type::pull),
    xpub(context, zmq::socket_type::xpub),
    router(context, zmq::socket_type::router) {
  const auto max_frame = static_cast<std::int64_t>(config.max_frame);
  set_common(pull, 0, hard_stop_factor * max_frame);
  pull.set(zmq::sockopt::rcvhwm, candles_hwm);
  set_common(xpub, linger_ms, max_subscription);
  xpub.set(zmq::sockopt::sndhwm,
           static_cast<int>(
             std::max(2 * std::min(config.window, 1u << 29), results_hwm)));
  // Or a second subscriber to the same topic would not be seen coming.
  xpub.set(zmq::sockopt::xpub_verbose, true);
  set_common(router, linger_ms, max_control_frame);
  router.set(zmq::sockopt::sndhwm, control_hwm);
  router.set(zmq::sockopt::router_handover, false);
  if (config.curve) {
    const auto& secret = config.curve->secret_key;
    door.emplace(context);
    door->guard(pull, "candles", secret);
    door->guard(xpub, "results", secret);
    door->guard(router, "control", secret);
  }
  bind(pull, config.candles_bind, "candles", "PUSH");
  bind(xpub, config.results_bind, "results", "SUB");
  bind(router, config.control_bind, "control", "REQ");
}

std::string endpoint_of(const zmq::socket_t& socket) {
  return socket.get(zmq::sockopt::last_endpoint);
}

} // namespace riskbreaker::transport
