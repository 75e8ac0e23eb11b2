#include "app/drill_client.hpp"

#include <utility>

namespace riskbreaker::app {

drill_client::drill_client(const std::string& address,
                           const curve_options& curve)
  : socket_(context_, zmq::socket_type::dealer) {
  socket_.set(zmq::sockopt::linger, 0);
  use_curve(socket_, curve);
  socket_.connect(address);
}

void drill_client::send(std::uint64_t number, nlohmann::json request) {
  request["id"] = number;
  // A daemon that is gone takes nothing: the request counts as unanswered, and
  // whoever waits for a signal must not be held up.
  if (socket_.send(zmq::message_t{},
                   zmq::send_flags::sndmore | zmq::send_flags::dontwait))
    socket_.send(zmq::buffer(request.dump()), zmq::send_flags::dontwait);
}

std::optional<drill_reply> drill_client::receive(core::milliseconds wait) {
  zmq::pollitem_t item{socket_.handle(), 0, ZMQ_POLLIN, 0};
  zmq::poll(&item, 1, wait);
  zmq::message_t part;
  if (!socket_.recv(part, zmq::recv_flags::dontwait))
    return std::nullopt;
  while (part.more())
    if (!socket_.recv(part, zmq::recv_flags::dontwait))
      return std::nullopt;
  auto body = nlohmann::json::parse(part.to_string_view(), nullptr, false);
  if (!body.is_object())
    return std::nullopt;
  auto id = body.find("id");
  if (id == body.end() || !id->is_number_unsigned())
    return std::nullopt;
  auto number = id->get<std::uint64_t>();
  return drill_reply{number, std::move(body)};
}

} // namespace riskbreaker::app
