#include "core/stats/endpoint_counts.hpp"
#include "core/stats/strategy_stats.hpp"
#include "tests/support/catch.hpp"

#include <string>

using namespace riskbreaker::core;
using namespace std::chrono_literals;

namespace {

finished_call call(std::string_view endpoint, milliseconds latency) {
  finished_call x;
  x.endpoint = endpoint;
  x.latency = latency;
  x.attempts = 1;
  x.prompt_tokens = 10;
  x.cost_usd = 0.5;
  return x;
}

} // namespace

TEST_CASE("a duration at a bound belongs to it, one beyond to the next",
          "[endpoint_counts]") {
  for (std::size_t i = 0; i < duration_buckets::bounds.size(); ++i) {
    duration_buckets x;
    x.add(duration_buckets::bounds[i]);
    CHECK(x.counts[i] == 1);
    x.add(duration_buckets::bounds[i] + 1ms);
    CHECK(x.counts[i + 1] == 1);
    CHECK(x.count() == 2);
    CHECK(x.sum == 2 * duration_buckets::bounds[i] + 1ms);
  }
}

TEST_CASE("a negative duration is none", "[endpoint_counts]") {
  duration_buckets x;
  x.add(-1s);
  CHECK(x.counts[0] == 1);
  CHECK(x.sum == 0ms);
}

TEST_CASE("calls are counted by endpoint, and add up to the strategy's",
          "[endpoint_counts]") {
  strategy_stats stats;
  stats.call_finished(call("a", 1s));
  auto failed = call("b", 2s);
  failed.verdict = call_verdict::failure;
  failed.why = cause::llm_timeout;
  stats.call_finished(failed);
  stats.call_finished(call("a", 3s));
  auto never_sent = call("c", 0s);
  never_sent.attempts = 0;
  stats.call_finished(never_sent);
  auto x = stats.snapshot();
  REQUIRE(x.endpoints.size() == 2);
  const auto& a = x.endpoints[0];
  const auto& b = x.endpoints[1];
  CHECK(a.endpoint == "a");
  CHECK(a.successful_calls == 2);
  CHECK(a.durations.sum == 4s);
  CHECK(a.cost_usd == 1.0);
  CHECK(b.successful_calls == 0);
  CHECK(b.failures_by_cause[static_cast<std::size_t>(cause::llm_timeout)] == 1);
  CHECK(a.prompt_tokens + b.prompt_tokens == x.prompt_tokens);
  CHECK(a.durations.count() + b.durations.count() == x.total_calls);
}

TEST_CASE("endless new names share one place", "[endpoint_counts]") {
  strategy_stats stats;
  const auto most = strategy_stats::max_endpoints;
  for (std::size_t i = 0; i < most + 10; ++i)
    stats.call_finished(call("e" + std::to_string(i), 1s));
  stats.call_finished(call("e0", 1s));
  auto x = stats.snapshot();
  REQUIRE(x.endpoints.size() == most + 1);
  CHECK(x.endpoints.front().successful_calls == 2);
  CHECK(x.endpoints.back().endpoint == "other");
  CHECK(x.endpoints.back().successful_calls == 10);
}
