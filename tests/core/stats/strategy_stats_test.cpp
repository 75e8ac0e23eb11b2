#include "core/stats/strategy_stats.hpp"
#include "tests/support/catch.hpp"

#include <cmath>
#include <numeric>

using namespace riskbreaker::core;
using namespace std::chrono_literals;

namespace {

constexpr steady_time t0{1000h};
constexpr unix_ms w0{1'700'000'000s};

template <class Array>
std::uint64_t sum(const Array& x) {
  return std::accumulate(x.begin(), x.end(), std::uint64_t{0});
}

finished_call success(milliseconds latency) {
  finished_call x;
  x.latency = latency;
  x.attempts = 1;
  return x;
}

finished_call call(call_verdict verdict, cause why,
                   std::uint32_t attempts = 1) {
  finished_call x;
  x.verdict = verdict;
  x.why = why;
  x.attempts = attempts;
  return x;
}

void run(strategy_stats& stats, const finished_call& x) {
  stats.call_started();
  stats.call_finished(x);
}

std::uint64_t of(const std::array<std::uint64_t, cause_count>& x, cause why) {
  return x[static_cast<std::size_t>(why)];
}

bool near(std::optional<double> x, double expected) {
  return x && std::fabs(*x - expected) < 1e-9;
}

} // namespace

TEST_CASE("what nobody knows yet is absent, not nothing", "[stats]") {
  auto x = strategy_stats{}.snapshot();
  CHECK_FALSE(x.success_rate);
  CHECK_FALSE(x.answered_rate);
  CHECK_FALSE(x.latency_p50);
  CHECK_FALSE(x.latency_p95);
  CHECK_FALSE(x.latency_p99);
  CHECK_FALSE(x.latency_max);
  CHECK_FALSE(x.retry_in);
  CHECK_FALSE(x.state_since);
  CHECK(x.total_calls == 0);
}

TEST_CASE("calls are successful, failed or neutral and add up", "[stats]") {
  strategy_stats stats;
  run(stats, success(1s));
  run(stats, success(3s));
  run(stats, call(call_verdict::failure, cause::llm_timeout, 3));
  run(stats, call(call_verdict::trip, cause::llm_auth));
  run(stats, call(call_verdict::neutral, cause::llm_bad_request));
  auto x = stats.snapshot();
  CHECK(x.total_calls == 5);
  CHECK(x.successful_calls == 2);
  CHECK(x.failed_calls == 2);
  CHECK(x.neutral_calls == 1);
  CHECK(near(x.success_rate, 40.0));
  CHECK(x.attempts == 7);
  CHECK(of(x.failures_by_cause, cause::llm_timeout) == 1);
  CHECK(of(x.failures_by_cause, cause::llm_auth) == 1);
  CHECK(of(x.failures_by_cause, cause::llm_bad_request) == 1);
  CHECK(sum(x.failures_by_cause) == x.failed_calls + x.neutral_calls);
}

TEST_CASE("only failures is a rate of nothing, and that is known", "[stats]") {
  strategy_stats stats;
  run(stats, call(call_verdict::failure, cause::llm_timeout));
  CHECK(near(stats.snapshot().success_rate, 0.0));
}

TEST_CASE("calls are in flight from start to finish", "[stats]") {
  strategy_stats stats;
  stats.call_started();
  stats.call_started();
  CHECK(stats.snapshot().in_flight == 2);
  CHECK(stats.snapshot().total_calls == 0);
  stats.call_finished(success(1s));
  CHECK(stats.snapshot().in_flight == 1);
  stats.call_finished(success(1s));
  stats.call_finished(success(1s)); // nobody started it
  CHECK(stats.snapshot().in_flight == 0);
}

// https://github.com/sony/gobreaker/issues/91
TEST_CASE("a call that our own limits stopped is not an LLM call", "[stats]") {
  strategy_stats stats;
  run(stats, call(call_verdict::neutral, cause::overloaded, 0));
  auto x = stats.snapshot();
  CHECK(x.total_calls == 0);
  CHECK(x.in_flight == 0);
  CHECK(sum(x.failures_by_cause) == 0);
  CHECK_FALSE(x.success_rate);
  CHECK_FALSE(x.latency_p50);
}

TEST_CASE("latencies of good and bad calls are summed up in percentiles",
          "[stats]") {
  strategy_stats stats;
  for (int i = 1; i <= 100; ++i) {
    auto x = i % 2 == 0 ? success(milliseconds{i})
                        : call(call_verdict::failure, cause::llm_timeout);
    x.latency = milliseconds{i};
    run(stats, x);
  }
  auto x = stats.snapshot();
  CHECK(x.latency_p50 == 50ms);
  CHECK(x.latency_p95 == 95ms);
  CHECK(x.latency_p99 == 99ms);
  CHECK(x.latency_max == 100ms);
}

TEST_CASE("tokens and money add up, of failed calls too", "[stats]") {
  strategy_stats stats;
  auto x = success(1s);
  x.prompt_tokens = 100;
  x.completion_tokens = 20;
  x.cost_usd = 0.5;
  run(stats, x);
  x.verdict = call_verdict::failure;
  run(stats, x);
  x.cost_usd = std::nan("");
  run(stats, x);
  auto s = stats.snapshot();
  CHECK(s.prompt_tokens == 300);
  CHECK(s.completion_tokens == 60);
  CHECK(near(s.cost_usd, 1.0));
}

TEST_CASE("answers are counted by source and fallbacks by cause", "[stats]") {
  strategy_stats stats;
  for (int i = 0; i < 4; ++i)
    stats.requested();
  stats.answered(answer_source::llm, std::nullopt);
  stats.answered(answer_source::llm_cached, std::nullopt);
  stats.answered(answer_source::fallback, cause::breaker_open);
  auto x = stats.snapshot();
  CHECK(x.requests == 4);
  CHECK(x.answered == 3);
  CHECK(near(x.answered_rate, 75.0));
  CHECK(x.answers_by_source == std::array<std::uint64_t, 3>{1, 1, 1});
  CHECK(of(x.fallbacks_by_cause, cause::breaker_open) == 1);
  CHECK(sum(x.fallbacks_by_cause) == 1);
  stats.answered(answer_source::fallback, cause::low_confidence);
  CHECK(near(stats.snapshot().answered_rate, 100.0));
}

TEST_CASE("transitions are counted by where they lead", "[stats]") {
  strategy_stats stats;
  stats.transition(breaker_state::closed, breaker_state::open);
  stats.transition(breaker_state::open, breaker_state::half_open);
  stats.transition(breaker_state::closed, breaker_state::open);
  auto x = stats.snapshot();
  CHECK(x.transitions == 3);
  CHECK(x.transitions_by_state[0][1] == 2);
  CHECK(x.transitions_by_state[1][2] == 1);
  CHECK(x.transitions_by_state[1][0] == 0);
}

TEST_CASE("the breaker's numbers are shown in wall time", "[stats]") {
  breaker_config config;
  config.recovery_jitter = 0;
  config.failure_threshold = 1;
  auto b = breaker::restore(config, 1, {}, t0, w0);
  strategy_snapshot x;
  add_breaker(x, b, t0 + 5s, w0 + 5s);
  CHECK(x.state == breaker_state::closed);
  CHECK(x.state_since == w0);
  CHECK_FALSE(x.retry_in);
  auto p = std::get<permit>(b.acquire(t0 + 5s, 20s));
  b.settle(p, {call_verdict::failure, cause::llm_timeout, std::nullopt},
           t0 + 5s);
  add_breaker(x, b, t0 + 6s + 1ns, w0 + 6s);
  CHECK(x.state == breaker_state::open);
  CHECK(x.state_since == w0 + 5s);
  CHECK(x.retry_in == 299s); // 1 ns less, rounded up: never early
  CHECK(x.consecutive_failures == 1);
  add_breaker(x, b, t0 + 400s, w0);
  CHECK(x.retry_in == 0ms);
  b.tick(t0 + 400s);
  add_breaker(x, b, t0 + 400s, w0 + 400s);
  CHECK(x.state == breaker_state::half_open);
  CHECK_FALSE(x.retry_in);
}

TEST_CASE("requests that a call is under way for are not missing an answer",
          "[strategy_stats]") {
  strategy_stats stats;
  stats.requested(3);
  stats.waiting(3, 0);
  CHECK(stats.open_requests() == 3);
  CHECK(stats.snapshot().requests == 3);
  CHECK_FALSE(stats.snapshot().answered_rate); // none is due
  stats.requested();
  stats.answered(answer_source::fallback, cause::overloaded);
  CHECK(near(stats.snapshot().answered_rate, 100.0));
  stats.waiting(0, 3);
  CHECK(stats.open_requests() == 0);
  for (double expected : {50.0, 75.0, 100.0}) { // of four
    stats.answered(answer_source::llm, std::nullopt);
    CHECK(near(stats.snapshot().answered_rate, expected));
  }
  stats.answered(answer_source::llm, std::nullopt); // asked before a reload
  CHECK(near(stats.snapshot().answered_rate, 100.0));
  stats.waiting(1, 9); // as many as are open, and no more
  CHECK(stats.open_requests() == 0);
}
