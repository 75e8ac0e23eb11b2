#pragma once

#include "core/json.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>

namespace riskbreaker::core {

/// What a text of that many bytes costs where nobody counts: about 4 bytes a
/// token.
constexpr std::uint64_t estimate_tokens(std::size_t bytes) noexcept {
  constexpr std::size_t bytes_per_token = 4;
  return bytes / bytes_per_token + (bytes % bytes_per_token != 0 ? 1 : 0);
}

/// Tokens that a reply used; they cost money even when the answer is of no use.
struct token_usage {
  /// Absent: the server did not say, so that the request has to be estimated.
  std::optional<std::uint64_t> prompt;
  std::uint64_t completion = 0;
  bool estimated = false; ///< the server did not say all of it
};

/// The tokens that a chat completion's body says it used. What it does not say
/// of the completion is estimated from the text that came, thoughts too.
/// Nothing if the server does not count and no text came.
std::optional<token_usage> read_usage(const json& body);

} // namespace riskbreaker::core
