#include "core/breaker/breaker.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace riskbreaker::core {

namespace {

using namespace std::chrono_literals;

constexpr milliseconds probe_grace = 1s;
constexpr milliseconds longest_server_wait = 24h;

void count_up(std::uint32_t& x) noexcept {
  if (x != std::numeric_limits<std::uint32_t>::max())
    ++x;
}

steady_time lease_end(steady_time now, milliseconds call_deadline) noexcept {
  auto deadline = std::clamp(call_deadline, milliseconds{0}, longest_open_time);
  return now + deadline + probe_grace;
}

} // namespace

breaker::breaker(breaker_config config, std::uint64_t seed)
  : config_(config), jitter_(seed) {
  // nop
}

// -- permits ----------------------------------------------------------------

admission breaker::acquire(steady_time now, milliseconds call_deadline) {
  tick(now);
  switch (state_) {
    case breaker_state::closed:
    case breaker_state::forced_closed:
      return grant(permit_kind::normal, steady_time::max());
    case breaker_state::half_open:
      if (permits_.in_flight() < config_.half_open_probes)
        return grant(permit_kind::probe, lease_end(now, call_deadline));
      return rejection{cause::half_open_busy, std::nullopt};
    case breaker_state::open:
      return rejection{cause::breaker_open, retry_at_};
    case breaker_state::forced_open:
      break;
  }
  return rejection{cause::breaker_forced, std::nullopt};
}

admission breaker::grant(permit_kind kind, steady_time lease_end) {
  if (auto ticket = permits_.open(lease_end))
    return permit{generation_, kind, *ticket};
  return rejection{cause::overloaded, std::nullopt};
}

bool breaker::settle(const permit& p, const call_outcome& outcome,
                     steady_time now) {
  tick(now);
  if (p.generation != generation_ || !permits_.close(p.slot))
    return false;
  auto verdict = verdict_of(outcome);
  if (state_ == breaker_state::half_open)
    settle_probe(verdict, outcome, now);
  else
    settle_closed(verdict, outcome, now);
  return true;
}

void breaker::settle_closed(call_verdict verdict, const call_outcome& outcome,
                            steady_time now) {
  if (verdict == call_verdict::neutral)
    return;
  if (verdict == call_verdict::success) {
    failures_ = 0;
    return;
  }
  count_up(failures_);
  if (state_ == breaker_state::forced_closed)
    return;
  if (verdict == call_verdict::trip)
    open(transition_cause::trip_now, &outcome, now);
  else if (outcome.server_wait)
    open(transition_cause::retry_after, &outcome, now);
  else if (failures_ >= config_.failure_threshold)
    open(transition_cause::consecutive_failures, &outcome, now);
}

void breaker::settle_probe(call_verdict verdict, const call_outcome& outcome,
                           steady_time now) {
  if (verdict == call_verdict::neutral)
    return;
  if (verdict != call_verdict::success) {
    count_up(failures_);
    open(transition_cause::probe_failed, &outcome, now);
    return;
  }
  if (++successes_ < config_.half_open_successes)
    return;
  failures_ = 0;
  enter(breaker_state::closed, transition_cause::probe_succeeded, std::nullopt,
        now);
}

call_verdict breaker::verdict_of(const call_outcome& x) const noexcept {
  auto unreadable
    = x.why == cause::llm_malformed || x.why == cause::llm_truncated;
  if (x.verdict == call_verdict::failure && unreadable
      && !config_.count_malformed)
    return call_verdict::neutral;
  return x.verdict;
}

// -- transitions ------------------------------------------------------------

void breaker::tick(steady_time now) {
  if (!since_)
    since_ = now;
  for (;;) {
    auto due = next_tick();
    if (!due || *due > now)
      return;
    if (state_ == breaker_state::open) {
      enter(breaker_state::half_open, transition_cause::recovery_due,
            std::nullopt, *due);
    } else {
      count_up(failures_);
      open(transition_cause::lease_expired, nullptr, *due);
    }
  }
}

std::optional<steady_time> breaker::next_tick() const noexcept {
  if (state_ == breaker_state::open)
    return retry_at_;
  if (state_ == breaker_state::half_open)
    return permits_.first_lease();
  return std::nullopt;
}

void breaker::open(transition_cause why, const call_outcome* outcome,
                   steady_time at) {
  if (state_ == breaker_state::half_open)
    count_up(reopenings_);
  else
    reopenings_ = growth(at);
  open_for_ = own_open_time();
  if (outcome != nullptr && outcome->server_wait)
    open_for_ = std::max(open_for_,
                         std::min(*outcome->server_wait, longest_server_wait));
  retry_at_ = at + open_for_;
  enter(breaker_state::open, why,
        outcome != nullptr ? std::optional{outcome->why} : std::nullopt, at);
}

std::uint32_t breaker::growth(steady_time at) const noexcept {
  // In milliseconds: an absurd setting does not fit into nanoseconds.
  using std::chrono::floor;
  auto recovered
    = state_ == breaker_state::closed && since_
      && floor<milliseconds>(at - *since_) >= config_.recovery_timeout;
  return recovered ? 0 : reopenings_;
}

milliseconds breaker::own_open_time() {
  auto cap = static_cast<double>(config_.recovery_timeout_max.count());
  auto time = static_cast<double>(config_.recovery_timeout.count())
              * std::pow(config_.recovery_backoff, reopenings_);
  time = time < cap ? time : cap; // an infinite or NaN growth is the cap too
  time *= jitter_.factor(config_.recovery_jitter);
  if (!(time > 0))
    return milliseconds{0};
  auto longest = static_cast<double>(longest_open_time.count());
  return milliseconds{std::llround(std::min(time, longest))};
}

void breaker::enter(breaker_state to, transition_cause why,
                    std::optional<cause> detail, steady_time at) {
  transition x;
  x.from = std::exchange(state_, to);
  x.to = to;
  x.why = why;
  x.detail = detail;
  x.consecutive_failures = failures_;
  x.retry_at = retry_at();
  x.at = at;
  if (x.from != to)
    since_ = at;
  ++generation_;
  successes_ = 0;
  permits_.clear();
  transitions_.push_back(x);
}

std::vector<transition> breaker::take_transitions() {
  return std::exchange(transitions_, {});
}

// -- properties -------------------------------------------------------------

breaker_state breaker::state() const noexcept {
  return state_;
}

steady_time breaker::state_since() const noexcept {
  return since_.value_or(steady_time{});
}

std::uint32_t breaker::consecutive_failures() const noexcept {
  return failures_;
}

std::optional<steady_time> breaker::retry_at() const noexcept {
  return state_ == breaker_state::open ? std::optional{retry_at_}
                                       : std::nullopt;
}

std::uint32_t breaker::probes_in_flight() const noexcept {
  return state_ == breaker_state::half_open ? permits_.in_flight() : 0;
}

std::uint64_t breaker::generation() const noexcept {
  return generation_;
}

const breaker_config& breaker::config() const noexcept {
  return config_;
}

} // namespace riskbreaker::core
