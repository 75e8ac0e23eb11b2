#include "transport/zmq_reactor_control.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace riskbreaker::transport {

namespace {

/// More frames than a client behind several proxies would send.
constexpr std::size_t max_frames = 16;

} // namespace

control_request split_request(std::vector<std::string> frames) {
  if (frames.size() < 2)
    return {std::move(frames), {}};
  const auto body = std::prev(frames.end());
  const auto delimiter = std::find(std::next(frames.begin()), body, "");
  control_request result;
  if (delimiter != body) {
    if (std::next(delimiter) == body)
      result.body = std::move(*body);
    frames.erase(std::next(delimiter), frames.end());
  } else {
    if (frames.size() == 2)
      result.body = std::move(*body);
    frames.resize(1);
  }
  result.route = std::move(frames);
  return result;
}

void control_port::read(int n, const handler& handle) {
  zmq::message_t part;
  for (; n > 0 && router_.recv(part, zmq::recv_flags::dontwait); --n) {
    std::vector<std::string> frames;
    std::size_t count = 0;
    do {
      if (++count <= max_frames)
        frames.emplace_back(part.data<char>(),
                            std::min(part.size(), max_control_body + 1));
    } while (part.more() && router_.recv(part, zmq::recv_flags::dontwait));
    if (count > max_frames)
      frames.resize(1);
    auto request = split_request(std::move(frames));
    handle(std::move(request.route), std::move(request.body));
  }
}

void control_port::reply(const control_reply& x) {
  if (x.route.empty())
    return;
  for (const auto& frame : x.route)
    router_.send(zmq::buffer(frame),
                 zmq::send_flags::sndmore | zmq::send_flags::dontwait);
  router_.send(zmq::buffer(x.body), zmq::send_flags::dontwait);
}

} // namespace riskbreaker::transport
