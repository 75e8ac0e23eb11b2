#include "core/stats/strategy_stats.hpp"

#include "core/stats/percent.hpp"

#include <algorithm>
#include <cmath>

namespace riskbreaker::core {

namespace {

std::uint64_t& at(std::array<std::uint64_t, cause_count>& x, cause why) {
  return x[static_cast<std::size_t>(why)];
}

} // namespace

void strategy_stats::requested(std::uint64_t n) noexcept {
  counts_.requests += n;
}

void strategy_stats::answered(answer_source source,
                              std::optional<cause> why) noexcept {
  ++counts_.answered;
  ++counts_.answers_by_source[static_cast<std::size_t>(source)];
  if (source == answer_source::fallback && why)
    ++at(counts_.fallbacks_by_cause, *why);
}

void strategy_stats::call_started() noexcept {
  ++counts_.in_flight;
}

void strategy_stats::waiting(std::uint64_t joined,
                             std::uint64_t left) noexcept {
  open_requests_ += joined;
  // Around a reload, some leave that joined another life of the strategy.
  open_requests_ -= std::min(left, open_requests_);
}

void strategy_stats::may_ask(std::string_view endpoint) {
  counts_of(endpoint);
}

endpoint_counts& strategy_stats::counts_of(std::string_view endpoint) {
  auto& all = counts_.endpoints;
  auto find = [&](std::string_view name) {
    return std::find_if(all.begin(), all.end(),
                        [&](const auto& x) { return x.endpoint == name; });
  };
  auto i = find(endpoint);
  if (i == all.end() && all.size() >= max_endpoints) {
    endpoint = "other";
    i = find(endpoint);
  }
  if (i != all.end())
    return *i;
  all.emplace_back();
  all.back().endpoint = endpoint;
  return all.back();
}

void strategy_stats::call_finished(const finished_call& x) {
  if (counts_.in_flight > 0)
    --counts_.in_flight;
  if (x.attempts == 0)
    return;
  ++counts_.total_calls;
  counts_.attempts += x.attempts;
  counts_.prompt_tokens += x.prompt_tokens;
  counts_.completion_tokens += x.completion_tokens;
  // A sum that has once met a NaN shows nothing any more.
  if (std::isfinite(x.cost_usd))
    counts_.cost_usd += x.cost_usd;
  latency_.add(x.latency);
  auto& mine = counts_of(x.endpoint);
  mine.durations.add(x.latency);
  mine.prompt_tokens += x.prompt_tokens;
  mine.completion_tokens += x.completion_tokens;
  if (std::isfinite(x.cost_usd))
    mine.cost_usd += x.cost_usd;
  if (x.verdict == call_verdict::success) {
    ++counts_.successful_calls;
    ++mine.successful_calls;
    return;
  }
  if (x.verdict == call_verdict::neutral)
    ++counts_.neutral_calls;
  else
    ++counts_.failed_calls;
  ++at(counts_.failures_by_cause, x.why);
  ++at(mine.failures_by_cause, x.why);
}

void strategy_stats::transition(breaker_state from, breaker_state to) noexcept {
  ++counts_.transitions;
  ++counts_.transitions_by_state[static_cast<std::size_t>(from)]
                                [static_cast<std::size_t>(to)];
}

strategy_snapshot strategy_stats::snapshot() const {
  auto result = counts_;
  result.success_rate = percent(result.successful_calls, result.total_calls);
  result.answered_rate
    = answered_percent(result.answered, result.requests, open_requests_);
  result.latency_p50 = latency_.percentile(0.50);
  result.latency_p95 = latency_.percentile(0.95);
  result.latency_p99 = latency_.percentile(0.99);
  result.latency_max = latency_.max();
  return result;
}

void add_breaker(strategy_snapshot& x, const breaker& source, steady_time now,
                 unix_ms wall) {
  using std::chrono::floor;
  x.state = source.state();
  x.state_since = wall - floor<milliseconds>(now - source.state_since());
  x.consecutive_failures = source.consecutive_failures();
  x.retry_in = std::nullopt;
  if (auto retry_at = source.retry_at())
    x.retry_in = std::chrono::ceil<milliseconds>(
      std::max(*retry_at - now, steady_time::duration{0}));
}

} // namespace riskbreaker::core
