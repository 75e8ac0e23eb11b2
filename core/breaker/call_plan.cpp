#include "core/breaker/call_plan.hpp"

#include <algorithm>
#include <cmath>

namespace riskbreaker::core {

namespace {

using nanoseconds = steady_time::duration;

constexpr double backoff_jitter = 0.2;

/// Nanoseconds that cannot overflow, whatever a setting says.
double count_of(std::chrono::duration<double, std::nano> x) noexcept {
  return x.count();
}

} // namespace

call_plan::call_plan(const call_policy& policy, steady_time deadline,
                     bool is_probe, std::uint64_t seed)
  : policy_(policy),
    deadline_(deadline),
    max_attempts_(is_probe ? 1 : std::uint64_t{1} + policy.max_retries),
    jitter_(seed) {
  // nop
}

make_attempt call_plan::first(steady_time now) {
  ++attempts_;
  return {attempt_timeout(now)};
}

call_step call_plan::after_failure(steady_time now, bool retryable,
                                   std::optional<milliseconds> retry_after) {
  if (!retryable || attempts_ >= max_attempts_)
    return give_up{};
  auto latest = deadline_ - policy_.min_attempt - now; // of the next attempt
  // The next attempt is number attempts_ + 1.
  // Rounded here, so that a wait which is compared is the wait that is made.
  auto backoff = std::round(count_of(policy_.backoff_base)
                            * std::pow(policy_.backoff_factor, attempts_)
                            * jitter_.factor(backoff_jitter));
  // Compared before they are added: both may be far out of a clock's range.
  if (latest < nanoseconds{0} || !(backoff <= count_of(latest)))
    return give_up{};
  nanoseconds wait{std::llround(std::max(backoff, 0.0))};
  if (retry_after && *retry_after > std::chrono::floor<milliseconds>(wait)) {
    if (*retry_after > std::chrono::floor<milliseconds>(latest))
      return give_up{};
    wait = *retry_after;
  }
  resume_at_ = now + wait;
  return wait_until{resume_at_};
}

call_step call_plan::resume(steady_time now) {
  if (now < resume_at_)
    return wait_until{resume_at_};
  if (deadline_ - now < policy_.min_attempt)
    return give_up{};
  ++attempts_;
  return make_attempt{attempt_timeout(now)};
}

milliseconds call_plan::attempt_timeout(steady_time now) const noexcept {
  auto left = std::chrono::floor<milliseconds>(deadline_ - now);
  return std::max(std::min(policy_.api_timeout, left), milliseconds{1});
}

std::uint32_t call_plan::attempts_made() const noexcept {
  return attempts_;
}

steady_time call_plan::deadline() const noexcept {
  return deadline_;
}

milliseconds usual_deadline(const call_policy& policy,
                            milliseconds candle_length) {
  return std::min(policy.call_deadline, candle_length / 4);
}

bool timeout_counts(const call_policy& policy, milliseconds usual,
                    milliseconds had) noexcept {
  return had >= std::min(policy.api_timeout, usual);
}

} // namespace riskbreaker::core
