#pragma once

#include "core/cause.hpp"
#include "core/time.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

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

/// All numbers of one breaker; `spec/breaker.md` says what each does.
struct breaker_config {
  std::uint32_t failure_threshold = 3;
  milliseconds recovery_timeout{300'000};
  double recovery_backoff = 1.5;
  milliseconds recovery_timeout_max{1'800'000};
  double recovery_jitter = 0.1;
  std::uint32_t half_open_probes = 1;
  std::uint32_t half_open_successes = 1;
  bool count_malformed = true;

  friend bool operator==(const breaker_config&, const breaker_config&) = default;
};

enum class permit_kind : std::uint8_t { normal, probe };

/// Admission for one call, settled exactly once.
struct permit {
  std::uint64_t generation = 0;
  permit_kind kind = permit_kind::normal;
  std::uint32_t slot = 0; ///< tells probes of one generation apart
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
std::string cause_text(const transition& x);

/// What a restart keeps. Wall time says when, the duration says how long, so
/// that a stepped clock can neither close a breaker nor keep it open for ever.
struct breaker_memory {
  breaker_state state = breaker_state::closed;
  std::uint32_t consecutive_failures = 0;
  milliseconds open_for{0};     ///< the duration `retry_at` was set for
  std::optional<unix_ms> retry_at;
  std::uint32_t reopenings = 0; ///< how often the open time has grown
};

/// The circuit breaker of one strategy: a pure state machine. Knows neither
/// threads nor clocks: `now` comes in, and never goes backwards. Allocates only
/// on a transition.
class breaker {
public:
  /// `seed` feeds the jitter of the open time.
  explicit breaker(breaker_config config, std::uint64_t seed = 0);

  /// Asks for one call that will have reported within `call_deadline`; a probe
  /// that has not after another second is taken back as a failure.
  [[nodiscard]] admission acquire(steady_time now, milliseconds call_deadline);

  /// Reports how an admitted call ended; exactly once per permit. A permit of
  /// an older generation, or one settled before, changes nothing and returns
  /// false.
  bool settle(const permit& p, const call_outcome& outcome, steady_time now);

  /// Makes due what time brings: OPEN → HALF_OPEN, expired probe leases.
  void tick(steady_time now);

  /// When `tick` has something to do next, if ever.
  std::optional<steady_time> next_tick() const noexcept;

  void force_open(steady_time now);
  void force_closed(steady_time now);
  void automatic(steady_time now); ///< leaves a forced state, from CLOSED
  void reset(steady_time now);     ///< CLOSED, counters 0

  /// Applies new numbers; state, counters, retry time and permits stay.
  void reconfigure(const breaker_config& config, steady_time now);

  /// The transitions since the last call, oldest first.
  std::vector<transition> take_transitions();

  breaker_state state() const noexcept;
  steady_time state_since() const noexcept;
  std::uint32_t consecutive_failures() const noexcept;
  std::optional<steady_time> retry_at() const noexcept; ///< OPEN only
  std::uint32_t probes_in_flight() const noexcept;
  std::uint64_t generation() const noexcept;
  const breaker_config& config() const noexcept;

  breaker_memory save(steady_time now, unix_ms wall) const;
  static breaker restore(breaker_config config, std::uint64_t seed,
                         const breaker_memory& memory, steady_time now,
                         unix_ms wall);
  // The private part is the implementer's.
};

} // namespace riskbreaker::core
