#include "core/breaker/breaker.hpp"

namespace riskbreaker::core {

void breaker::force_open(steady_time now) {
  tick(now);
  if (state_ != breaker_state::forced_open)
    enter(breaker_state::forced_open, transition_cause::forced, std::nullopt,
          now);
}

void breaker::force_closed(steady_time now) {
  tick(now);
  if (state_ != breaker_state::forced_closed)
    enter(breaker_state::forced_closed, transition_cause::forced, std::nullopt,
          now);
}

void breaker::automatic(steady_time now) {
  tick(now);
  if (state_ != breaker_state::forced_open
      && state_ != breaker_state::forced_closed)
    return;
  clear_counters();
  enter(breaker_state::closed, transition_cause::automatic, std::nullopt, now);
}

void breaker::reset(steady_time now) {
  tick(now);
  clear_counters();
  enter(breaker_state::closed, transition_cause::reset, std::nullopt, now);
}

void breaker::reconfigure(const breaker_config& config, steady_time now) {
  tick(now); // what was due before is due under the old numbers
  config_ = config;
}

void breaker::clear_counters() noexcept {
  failures_ = 0;
  reopenings_ = 0;
}

} // namespace riskbreaker::core
