#pragma once

#include <chrono>
#include <cstddef>

namespace riskbreaker::transport {

/// What the clients of the HTTP server may cost.
struct web_limits {
  std::size_t connections = 512;
  std::size_t event_clients = 256; ///< of these
  std::size_t head = 8u << 10;
  std::size_t body = 64u << 10;
  std::size_t event_queue = 1u << 20;       ///< not yet taken by a listener
  std::size_t replies = 64u << 20;          ///< not yet taken, of all clients
  std::size_t open_requests = 64;           ///< that wait for the daemon
  std::chrono::milliseconds read{10'000};   ///< a whole request
  std::chrono::milliseconds idle{60'000};   ///< between requests
  std::chrono::milliseconds write{30'000};  ///< without a byte taken
  std::chrono::milliseconds reply{120'000}; ///< a whole reply
};

} // namespace riskbreaker::transport
