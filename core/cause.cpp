#include "core/cause.hpp"

#include <array>

namespace riskbreaker::core {

namespace {

constexpr std::array<const char*, cause_count> names{
  "breaker_open",     "half_open_busy",   "breaker_forced",   "llm_not_found",
  "llm_timeout",      "llm_rate_limited", "llm_server_error", "llm_auth",
  "llm_quota",        "llm_bad_request",  "llm_unreachable",  "llm_malformed",
  "llm_refused",      "llm_truncated",    "low_confidence",   "overloaded",
  "budget_exhausted", "stale_candle",     "llm_disabled",     "shutting_down"};

} // namespace

const char* to_string(cause x) noexcept {
  auto index = static_cast<std::size_t>(x);
  return index < names.size() ? names[index] : "invalid";
}

std::optional<cause> cause_from(std::string_view name) noexcept {
  for (std::size_t i = 0; i < names.size(); ++i)
    if (name == names[i])
      return static_cast<cause>(i);
  return std::nullopt;
}

} // namespace riskbreaker::core
