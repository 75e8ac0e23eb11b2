#pragma once

#include "transport/outbox.hpp"

#include <zmq.hpp>

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace riskbreaker::transport {

/// Bodies above this are cut to one byte more, which tells that they were
/// larger.
inline constexpr std::size_t max_control_body = 1u << 20;

/// A control request: what to answer to, and what it says. An empty body stands
/// for a message of no sensible shape, so that even that gets an answer.
using control_request = control_reply;

/// Takes a message apart. Up to and including the empty delimiter, which REQ
/// sends and DEALER may leave out, all is route. The first frame is the
/// client's name; nothing to answer to without it.
control_request split_request(std::vector<std::string> frames);

/// Reads requests from the ROUTER socket and sends the answers.
class control_port {
public:
  using handler = std::function<void(std::vector<std::string>, std::string)>;

  explicit control_port(zmq::socket_t& router) : router_(router) {
    // nop
  }

  /// Takes in up to `n` requests.
  void read(int n, const handler& handle);

  /// Never blocks. The answer is lost when its client is gone, or has left too
  /// many unread.
  void reply(const control_reply& x);

private:
  zmq::socket_t& router_;
};

} // namespace riskbreaker::transport
