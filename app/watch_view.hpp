#pragma once

#include "core/time.hpp"

#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace riskbreaker::app {

/// A message as it came, read as far as it can be.
struct watched_message {
  std::string topic;
  std::string payload; ///< JSON text, or whatever a stranger sent
  nlohmann::json tree; ///< discarded when it is no object
};

/// Reads a payload: JSON, or MessagePack, which becomes JSON.
watched_message read_message(std::string topic, std::string payload);

/// One line of NDJSON: the payload with `topic` as its first key, all numbers
/// as they came. What is no object stands as text under `payload`.
std::string message_json(const watched_message& x);

/// One line for a person: time (UTC), topic, and what matters of the payload.
std::string message_line(const watched_message& x, core::unix_ms now,
                         bool colour);

} // namespace riskbreaker::app
