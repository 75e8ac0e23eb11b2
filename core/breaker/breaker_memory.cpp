#include "core/breaker/breaker.hpp"

#include <algorithm>

namespace riskbreaker::core {

namespace {

/// What is left of an open time. The clock may have been stepped in between:
/// never less than nothing, never more than it was set for.
milliseconds remainder(const breaker_memory& memory, unix_ms wall) noexcept {
  auto open_for
    = std::clamp(memory.open_for, milliseconds{0}, longest_open_time);
  // An open breaker that does not say when waits its whole time again.
  if (!memory.retry_at || *memory.retry_at >= wall + open_for)
    return open_for;
  return *memory.retry_at <= wall ? milliseconds{0} : *memory.retry_at - wall;
}

} // namespace

breaker_memory breaker::save(steady_time now, unix_ms wall) const {
  breaker_memory result;
  result.state = state_;
  result.consecutive_failures = failures_;
  result.reopenings = growth(now);
  if (state_ == breaker_state::half_open) {
    result.state = breaker_state::open;
    result.retry_at = wall;
  } else if (state_ == breaker_state::open) {
    auto left = std::max(retry_at_ - now, steady_time::duration{0});
    result.open_for = open_for_;
    result.retry_at = wall + std::chrono::ceil<milliseconds>(left);
  }
  return result;
}

breaker breaker::restore(breaker_config config, std::uint64_t seed,
                         const breaker_memory& memory, steady_time now,
                         unix_ms wall) {
  breaker result{config, seed};
  result.state_ = memory.state;
  result.since_ = now;
  result.failures_ = memory.consecutive_failures;
  result.reopenings_ = memory.reopenings;
  auto to = memory.state;
  if (to == breaker_state::open) {
    auto left = remainder(memory, wall);
    if (left > milliseconds{0}) {
      result.open_for_ = std::min(memory.open_for, longest_open_time);
      result.retry_at_ = now + left;
    } else {
      to = breaker_state::half_open;
    }
  }
  result.enter(to, transition_cause::restored, std::nullopt, now);
  return result;
}

} // namespace riskbreaker::core
