#include "tests/support/catch.hpp"
#include "transport/metrics_text.hpp"

#include <algorithm>
#include <set>
#include <sstream>

using namespace riskbreaker;
using namespace riskbreaker::transport;
using namespace std::chrono_literals;

namespace {

metrics_snapshot busy() {
  metrics_snapshot x;
  x.info = {"1.2.3", "b00t", 12.5, 3, {{"candle_ingest", 2}}};
  const core::unix_ms now{1'700'000'000s};
  core::strategy_stats counts;
  counts.requested();
  counts.answered(core::answer_source::llm, std::nullopt);
  counts.requested();
  counts.answered(core::answer_source::fallback, core::cause::llm_timeout);
  core::finished_call call;
  call.endpoint = "nano";
  call.latency = 2'500ms;
  call.attempts = 2;
  call.prompt_tokens = 100;
  call.completion_tokens = 7;
  call.cost_usd = 0.25;
  counts.call_finished(call);
  call.verdict = core::call_verdict::failure;
  call.why = core::cause::llm_timeout;
  call.latency = 61s;
  counts.call_finished(call);
  counts.transition(core::breaker_state::closed, core::breaker_state::open);
  auto snapshot = counts.snapshot();
  snapshot.strategy = "s";
  snapshot.last_5m.success_rate = 25.0;
  core::breaker_status open{core::breaker_state::open, now - 10s, {}, 3};
  x.strategies.emplace_back(snapshot, open);
  x.candles.accepted = 5;
  x.candles.refused_by_reason[0] = 4;
  x.series = 2;
  x.timeframes = {{*core::timeframe::parse("1h"), 2, now - 90s}};
  core::endpoint_limits limits;
  limits.usd_per_day = 10;
  x.budgets = {{"nano", limits, 2, 0.5}};
  x.journal = core::journal_status{"x", "disk full", 7, 1, 3};
  x.reloads_ok = 2;
  x.web.published = 42;
  x.web.connections = 5;
  x.web.event_clients = 3;
  return x;
}

} // namespace

TEST_CASE("every number of the contract has its metric", "[metrics]") {
  const auto text = metrics_text(busy());
  for (
    const char* line :
    {R"(breaker_state{strategy="s",state="open"} 1)",
     R"(breaker_state{strategy="s",state="closed"} 0)",
     R"(breaker_transitions_total{strategy="s",from="closed",to="open"} 1)",
     R"(breaker_state_since_timestamp_seconds{strategy="s"} 1699999990)",
     R"(requests_total{strategy="s"} 2)",
     R"(answers_total{strategy="s",source="llm",cause=""} 1)",
     R"(answers_total{strategy="s",source="fallback",cause="llm_timeout"} 1)",
     R"(llm_calls_total{strategy="s",endpoint="nano",outcome="success"} 1)",
     R"(llm_calls_total{strategy="s",endpoint="nano",outcome="llm_timeout"} 1)",
     R"(llm_call_duration_seconds_count{strategy="s",endpoint="nano"} 2)",
     R"(llm_call_duration_seconds_sum{strategy="s",endpoint="nano"} 63.5)",
     R"(llm_call_duration_seconds_bucket{strategy="s",endpoint="nano",le="1"} 0)",
     R"(llm_call_duration_seconds_bucket{strategy="s",endpoint="nano",le="2.5"} 1)",
     R"(llm_call_duration_seconds_bucket{strategy="s",endpoint="nano",le="60"} 1)",
     R"(llm_call_duration_seconds_bucket{strategy="s",endpoint="nano",le="+Inf"} 2)",
     R"(llm_tokens_total{strategy="s",endpoint="nano",kind="prompt"} 200)",
     R"(llm_tokens_total{strategy="s",endpoint="nano",kind="completion"} 14)",
     R"(llm_cost_usd_total{strategy="s",endpoint="nano"} 0.5)",
     R"(llm_in_flight{strategy="s"} 0)",
     R"(llm_success_ratio{strategy="s",window="all"} 0.5)",
     R"(llm_success_ratio{strategy="s",window="5m"} 0.25)",
     R"(candles_total{result="accepted"} 5)",
     R"(candles_refused_total{reason="malformed"} 4)",
     R"(candles_refused_total{reason="too_old"} 0)",
     R"(published_total 42)",
     R"(series 2)",
     R"(last_candle_timestamp_seconds{timeframe="1h"} 1699999910)",
     R"(timeframe_seconds{timeframe="1h"} 3600)",
     R"(llm_budget_spent{endpoint="nano",kind="usd"} 0.5)",
     R"(llm_budget_limit{endpoint="nano",kind="usd"} 10)",
     R"(journal_up 0)",
     R"(journal_rows_total{result="lost"} 1)",
     R"(config_reloads_total{ok="true"} 2)",
     R"(config_reloads_total{ok="false"} 0)",
     R"(faults_total{actor="candle_ingest"} 2)",
     R"(http_connections{kind="requests"} 2)",
     R"(build_info{version="1.2.3"} 1)"}) {
    INFO(line);
    CHECK(text.find("\nriskbreaker_" + std::string{line} + "\n")
          != std::string::npos);
  }
  // No limit of calls was set: none is told, which is not 0.
  CHECK(text.find(R"(llm_budget_limit{endpoint="nano",kind="calls"})")
        == std::string::npos);
}

TEST_CASE("what nobody knows has no sample", "[metrics]") {
  metrics_snapshot x;
  x.strategies.emplace_back();
  x.strategies.back().first.strategy = "s";
  const auto text = metrics_text(x);
  CHECK(text.find("llm_success_ratio") == std::string::npos);
  CHECK(text.find("riskbreaker_journal") == std::string::npos);
  CHECK(text.find("llm_call_duration") == std::string::npos);
  CHECK(text.find("llm_budget") == std::string::npos);
  CHECK(text.find("riskbreaker_requests_total{strategy=\"s\"} 0\n")
        != std::string::npos);
}

TEST_CASE(
  "a connection that went while it was counted makes no negative number",
  "[metrics]") {
  auto x = busy();
  x.web.connections = 2;
  x.web.event_clients = 3;
  const auto text = metrics_text(x);
  CHECK(text.find("http_connections{kind=\"events\"} 2\n")
        != std::string::npos);
  CHECK(text.find("http_connections{kind=\"requests\"} 0\n")
        != std::string::npos);
}

TEST_CASE("the start of the process stays where it is", "[metrics]") {
  auto started = [](const metrics_snapshot& x) {
    const auto text = metrics_text(x);
    const std::string key = "\nprocess_start_time_seconds ";
    const auto at = text.find(key);
    REQUIRE(at != std::string::npos);
    return std::stod(text.substr(at + key.size()));
  };
  auto x = busy();
  const auto first = started(x);
  x.info.uptime_s += 3'600; // which the clock of the machine does not share
  CHECK(started(x) == first);
  const auto now = std::chrono::duration<double>(
    std::chrono::system_clock::now().time_since_epoch());
  CHECK(first <= now.count() + 2); // it is told to the second
  CHECK(first > now.count() - 86'400);
}

TEST_CASE("no name and no sample stands twice", "[metrics]") {
  std::istringstream lines{metrics_text(busy())};
  std::set<std::string> seen;
  for (std::string line; std::getline(lines, line);) {
    INFO(line);
    auto what = line.starts_with('#') ? line : line.substr(0, line.rfind(' '));
    CHECK(seen.insert(what).second);
  }
  CHECK(seen.size() > 80);
}
