#pragma once

#include "app/curve_options.hpp"
#include "core/time.hpp"

#include <nlohmann/json.hpp>
#include <zmq.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace riskbreaker::app {

/// A reply, with the number that its request was given.
struct drill_reply {
  std::uint64_t number = 0;
  nlohmann::json body;
};

/// Talks to a daemon's control socket, with many requests open at a time.
class drill_client {
public:
  /// Throws `zmq::error_t` if the address is malformed, `curve_error` if a key
  /// file is.
  drill_client(const std::string& address, const curve_options& curve);

  /// `request` without `id`.
  void send(std::uint64_t number, nlohmann::json request);

  /// The next reply, or nothing within `wait`.
  std::optional<drill_reply> receive(core::milliseconds wait);

private:
  zmq::context_t context_;
  zmq::socket_t socket_;
};

} // namespace riskbreaker::app
