#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace riskbreaker::core {

/// Why an answer did not come from the LLM, or how a call failed. The names are
/// the contract's (payload `cause`, metric labels `cause` and `outcome`).
/// Append, never renumber.
enum class cause : std::uint8_t {
  breaker_open,
  half_open_busy,
  breaker_forced,
  llm_not_found,
  llm_timeout,
  llm_rate_limited,
  llm_server_error,
  llm_auth,
  llm_quota,
  llm_bad_request,
  llm_unreachable,
  llm_malformed,
  llm_refused,
  llm_truncated,
  low_confidence,
  overloaded,
  budget_exhausted,
  stale_candle,
  llm_disabled,
  shutting_down,
};

inline constexpr std::size_t cause_count = 20;

const char* to_string(cause x) noexcept;
std::optional<cause> cause_from(std::string_view name) noexcept;

/// What the breaker is told about a finished call.
enum class call_verdict : std::uint8_t {
  success,
  failure,
  trip,    ///< a failure that opens at once
  neutral, ///< says nothing about the LLM
};

} // namespace riskbreaker::core
