#pragma once

#include "transport/reactor.hpp"
#include "transport/zmq_reactor_door.hpp"

#include <zmq.hpp>

#include <optional>
#include <string>

namespace riskbreaker::transport {

/// The reactor's sockets, bound. Only one thread at a time may touch them.
struct reactor_sockets {
  /// Throws `std::runtime_error`, see `make_reactor`.
  explicit reactor_sockets(const reactor_config& config);

  zmq::context_t context;
  std::optional<reactor_door> door; ///< absent: whoever connects is in
  zmq::socket_t pull;
  zmq::socket_t xpub;
  zmq::socket_t router;
};

/// The address in the form in which clients connect to it, with its port.
std::string endpoint_of(const zmq::socket_t& socket);

} // namespace riskbreaker::transport
