#include "core/stats/recent_window.hpp"

#include "core/stats/percent.hpp"

namespace riskbreaker::core {

std::int64_t recent_window::number_of(steady_time t) noexcept {
  return t.time_since_epoch() / step;
}

recent_window::slot& recent_window::at(steady_time now) noexcept {
  auto number = number_of(now);
  auto& out = slots_[static_cast<std::size_t>(number) % slots];
  if (out.number != number)
    out = slot{number};
  return out;
}

void recent_window::requested(std::uint64_t n, steady_time now) noexcept {
  at(now).requests += n;
}

void recent_window::answered(answer_source source, steady_time now) noexcept {
  auto& x = at(now);
  ++x.answered;
  x.fallbacks += source == answer_source::fallback ? 1 : 0;
}

void recent_window::call_finished(call_verdict verdict,
                                  steady_time now) noexcept {
  auto& x = at(now);
  if (verdict == call_verdict::success)
    ++x.successful;
  else if (verdict == call_verdict::neutral)
    ++x.neutral;
  else
    ++x.failed;
}

recent_counts recent_window::sum(steady_time now,
                                 std::uint64_t open) const noexcept {
  recent_counts out;
  auto newest = number_of(now);
  for (const auto& x : slots_) {
    if (x.number < 0 || x.number > newest
        || newest - x.number >= static_cast<std::int64_t>(slots))
      continue;
    out.requests += x.requests;
    out.answered += x.answered;
    out.fallbacks += x.fallbacks;
    out.successful_calls += x.successful;
    out.failed_calls += x.failed;
    out.total_calls += x.successful + x.failed + x.neutral;
  }
  out.success_rate = percent(out.successful_calls, out.total_calls);
  out.answered_rate = answered_percent(out.answered, out.requests, open);
  return out;
}

} // namespace riskbreaker::core
