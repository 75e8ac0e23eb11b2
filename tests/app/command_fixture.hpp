#pragma once

#include "app/console.hpp"

#include <zmq.hpp>

#include <array>
#include <chrono>
#include <sstream>
#include <string>

namespace riskbreaker::tests {

/// A socket on a free loopback port and a console that keeps what is said.
struct command_fixture {
  explicit command_fixture(zmq::socket_type type) : socket(context, type) {
    socket.set(zmq::sockopt::linger, 0);
    socket.set(zmq::sockopt::rcvtimeo, 5'000);
    socket.bind("tcp://127.0.0.1:*");
    address = socket.get(zmq::sockopt::last_endpoint);
  }

  /// A loopback address where nobody listens.
  static std::string nobody() {
    zmq::context_t other;
    zmq::socket_t probe{other, zmq::socket_type::pull};
    probe.bind("tcp://127.0.0.1:*");
    return probe.get(zmq::sockopt::last_endpoint);
  }

  /// The next frame; empty when none comes.
  std::string receive() {
    zmq::message_t frame;
    return socket.recv(frame) ? frame.to_string() : std::string{};
  }

  app::console con() {
    return {out, err, terminal, false, false, in};
  }

  zmq::context_t context;
  zmq::socket_t socket;
  std::string address;
  std::ostringstream out;
  std::ostringstream err;
  bool terminal = false;
  int in = -1;
};

} // namespace riskbreaker::tests
