#pragma once

#include "core/breaker/breaker_types.hpp"
#include "core/breaker/jitter.hpp"
#include "core/breaker/permit_table.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace riskbreaker::core {

/// The circuit breaker of one strategy: a pure state machine. Knows neither
/// threads nor clocks: `now` comes in, and never goes backwards. Allocates only
/// on a transition.
class breaker {
public:
  /// `seed` feeds the jitter of the open time. Counts as closed since the first
  /// `now` it is given; `restore` with an empty memory gives it one at once.
  explicit breaker(breaker_config config, std::uint64_t seed = 0);

  /// Asks for one call that will have reported within `call_deadline`; a probe
  /// that has not after another second is taken back as a failure.
  [[nodiscard]] admission acquire(steady_time now, milliseconds call_deadline);

  /// Reports how an admitted call ended; exactly once per permit. A permit of
  /// an older generation, or one settled before, changes nothing and returns
  /// false.
  bool settle(const permit& p, const call_outcome& outcome, steady_time now);

  /// Makes due what time brings: OPEN → HALF_OPEN, expired probe leases. Every
  /// function with a `now` does this first; each change is stamped with the
  /// instant it was due, so it does not matter who came by first.
  void tick(steady_time now);

  /// When `tick` has something to do next, if ever.
  std::optional<steady_time> next_tick() const noexcept;

  /// The operator's states; asked for again they change nothing.
  void force_open(steady_time now);
  void force_closed(steady_time now);

  /// Leaves a forced state as a fresh machine: CLOSED, no streak, the base open
  /// time. Does nothing when no state is forced.
  void automatic(steady_time now);

  /// CLOSED and all counters 0, from any state; results of calls that are out
  /// do not count any more.
  void reset(steady_time now);

  /// Applies new numbers; state, counters, retry time and permits stay. A
  /// threshold lowered to the streak or under opens at the next failure.
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

  /// A HALF_OPEN breaker is saved as OPEN with nothing left.
  breaker_memory save(steady_time now, unix_ms wall) const;

  /// Never comes back closed from open: past its time it is HALF_OPEN. Emits
  /// `restored`, also from CLOSED, so that a start is seen.
  static breaker restore(breaker_config config, std::uint64_t seed,
                         const breaker_memory& memory, steady_time now,
                         unix_ms wall);

private:
  admission grant(permit_kind kind, steady_time lease_end);
  void settle_closed(call_verdict verdict, const call_outcome& outcome,
                     steady_time now);
  void settle_probe(call_verdict verdict, const call_outcome& outcome,
                    steady_time now);
  void open(transition_cause why, const call_outcome* outcome, steady_time at);
  void enter(breaker_state to, transition_cause why,
             std::optional<cause> detail, steady_time at);
  void clear_counters() noexcept;
  call_verdict verdict_of(const call_outcome& outcome) const noexcept;
  std::uint32_t growth(steady_time at) const noexcept;
  milliseconds own_open_time();

  breaker_config config_;
  jitter jitter_;
  breaker_state state_ = breaker_state::closed;
  std::optional<steady_time> since_; // empty until time is first told
  std::uint64_t generation_ = 1;     // 0 is nobody's
  std::uint32_t failures_ = 0;       // in a row
  std::uint32_t successes_ = 0;      // in a row, HALF_OPEN only
  std::uint32_t reopenings_ = 0;     // growth steps of the open time
  steady_time retry_at_{};           // OPEN only
  milliseconds open_for_{0};         // what `retry_at_` was set for
  permit_table permits_;             // of the current generation
  std::vector<transition> transitions_;
};

} // namespace riskbreaker::core
