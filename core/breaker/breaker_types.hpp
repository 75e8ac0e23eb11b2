#pragma once

#include "core/cause.hpp"
#include "core/time.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace riskbreaker::core {

enum class breaker_state : std::uint8_t {
  closed,
  open,
  half_open,
  forced_open,   ///< an operator sends everything to the fallback
  forced_closed, ///< an operator forbids opening; failures are counted on
};

inline constexpr std::size_t breaker_state_count = 5;

const char* to_string(breaker_state x) noexcept;
std::optional<breaker_state> breaker_state_from(std::string_view name) noexcept;

/// All numbers of one breaker, taken literally: whoever loads them refuses what
/// makes no sense (0 probes would keep it half-open for ever).
struct breaker_config {
  std::uint32_t failure_threshold = 3;    ///< failed calls in a row that open
  milliseconds recovery_timeout{300'000}; ///< from opening to the first probe
  double recovery_backoff = 1.5; ///< open time grows by this per failed probe
  milliseconds recovery_timeout_max{1'800'000};
  /// Share of the open time that is random, both ways. Applied after the cap,
  /// so that breakers at the cap do not probe in step either.
  double recovery_jitter = 0.1;
  std::uint32_t half_open_probes = 1;    ///< probes in flight at once
  std::uint32_t half_open_successes = 1; ///< good probes in a row that close
  /// Off: an unreadable answer (`llm_malformed`, `llm_truncated`) is neutral.
  bool count_malformed = true;

  friend bool operator==(const breaker_config&, const breaker_config&)
    = default;
};

enum class permit_kind : std::uint8_t { normal, probe };

/// Admission for one call, settled exactly once.
struct permit {
  std::uint64_t generation = 0;
  permit_kind kind = permit_kind::normal;
  std::uint32_t slot = 0; ///< tells permits of one generation apart
};

struct rejection {
  cause why = cause::breaker_open; ///< or half_open_busy, breaker_forced
  std::optional<steady_time> retry_at;
};

using admission = std::variant<permit, rejection>;

/// How a call ended.
struct call_outcome {
  call_verdict verdict = call_verdict::neutral;
  cause why = cause::llm_timeout; ///< read for failure and trip only
  /// Opens at once, and not before this: the server's Retry-After, set by the
  /// caller only when it is longer than what was left of the call's deadline.
  /// Read for failure and trip only; more than 24 h count as 24 h.
  std::optional<milliseconds> server_wait;
};

enum class transition_cause : std::uint8_t {
  consecutive_failures,
  recovery_due,
  trip_now,
  retry_after,
  probe_failed,
  probe_succeeded,
  lease_expired,
  forced,
  automatic,
  reset,
  restored,
};

/// A state change, in the order in which they happened.
struct transition {
  breaker_state from = breaker_state::closed;
  breaker_state to = breaker_state::closed;
  transition_cause why = transition_cause::consecutive_failures;
  std::optional<cause> detail; ///< the failure's class, where there was one
  std::uint32_t consecutive_failures = 0;
  std::optional<steady_time> retry_at;
  steady_time at{};
};

/// "consecutive_failures", "trip_now:llm_auth", "auto", …: the published form.
/// Only `trip_now` and `probe_failed` name the failure's class.
std::string cause_text(const transition& x);

/// No breaker is open for longer. Keeps the arithmetic of absurd settings and
/// damaged memories inside its types.
inline constexpr milliseconds longest_open_time = std::chrono::hours{24 * 366};

/// What a restart keeps. Wall time says when, the duration says how long, so
/// that a stepped clock can neither close a breaker nor keep it open for ever.
struct breaker_memory {
  breaker_state state = breaker_state::closed;
  std::uint32_t consecutive_failures = 0;
  milliseconds open_for{0}; ///< the duration `retry_at` was set for
  std::optional<unix_ms> retry_at;
  std::uint32_t reopenings = 0; ///< how often the open time has grown

  friend bool operator==(const breaker_memory&, const breaker_memory&)
    = default;
};

} // namespace riskbreaker::core
