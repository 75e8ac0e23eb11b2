#include "tests/support/catch.hpp"
#include "transport/result_encoder.hpp"

#include <nlohmann/json.hpp>

#include <string>

using namespace riskbreaker;
using json = nlohmann::ordered_json;

namespace {

core::unix_ms at(std::int64_t ms) {
  return core::unix_ms{core::milliseconds{ms}};
}

auto encoder() {
  return transport::make_json_encoder("b00t");
}

} // namespace

TEST_CASE("a breaker event says from where, to where, why and until when",
          "[json_encoder]") {
  transport::breaker_report x;
  x.strategy = "s1";
  x.change.from = core::breaker_state::half_open;
  x.change.to = core::breaker_state::open;
  x.change.why = core::transition_cause::probe_failed;
  x.change.detail = core::cause::llm_auth;
  x.change.consecutive_failures = 4;
  x.at = at(1'700'000'000'500);
  x.retry_at = at(1'700'000'450'500);
  CHECK(json::parse(encoder()->breaker(x, 3))
        == json({{"v", 1},
                 {"boot", "b00t"},
                 {"seq", 3},
                 {"strategy", "s1"},
                 {"from", "half_open"},
                 {"to", "open"},
                 {"at", 1'700'000'000'500},
                 {"cause", "probe_failed:llm_auth"},
                 {"consecutive_failures", 4},
                 {"retry_at", 1'700'000'450'500}}));
  x.retry_at.reset();
  CHECK(json::parse(encoder()->breaker(x, 4))["retry_at"].is_null());
}

TEST_CASE("statistics have the contract's names", "[json_encoder]") {
  core::strategy_snapshot x;
  x.strategy = "s1";
  x.total_calls = 10;
  x.successful_calls = 6;
  x.failed_calls = 3;
  x.neutral_calls = 1;
  x.failures_by_cause[static_cast<std::size_t>(core::cause::llm_timeout)] = 3;
  x.failures_by_cause[static_cast<std::size_t>(core::cause::llm_refused)] = 1;
  x.success_rate = 60.0;
  x.requests = 12;
  x.answered = 12;
  x.answered_rate = 100.0;
  x.answers_by_source = {6, 0, 6};
  x.fallbacks_by_cause[static_cast<std::size_t>(core::cause::breaker_open)] = 2;
  x.latency_p50 = core::milliseconds{800};
  x.latency_p95 = core::milliseconds{2'000};
  x.latency_p99 = core::milliseconds{15'000};
  x.latency_max = core::milliseconds{15'001};
  x.attempts = 17;
  x.prompt_tokens = 9'000;
  x.completion_tokens = 600;
  x.cost_usd = 0.05;
  x.in_flight = 2;
  x.transitions = 5;
  x.last_5m = {4, 4, 1, 3, 2, 1, 66.5, 100.0};
  core::breaker_status state;
  state.state = core::breaker_state::open;
  state.state_since = at(1'700'000'000'000);
  state.retry_at = at(1'700'000'300'000);
  state.consecutive_failures = 3;
  auto sent = json::parse(encoder()->stats(x, state, at(1'700'000'000'500), 9));
  CHECK(
    sent
    == json(
      {{"v", 1},
       {"boot", "b00t"},
       {"seq", 9},
       {"strategy", "s1"},
       {"state", "open"},
       {"state_since", 1'700'000'000'000},
       {"retry_in_s", 299.5},
       {"consecutive_failures", 3},
       {"total_calls", 10},
       {"successful_calls", 6},
       {"failed_calls", 3},
       {"neutral_calls", 1},
       {"failures_by_cause", {{"llm_timeout", 3}, {"llm_refused", 1}}},
       {"success_rate", 60},
       {"requests", 12},
       {"answered", 12},
       {"answered_rate", 100},
       {"answers_by_source", {{"llm", 6}, {"llm_cached", 0}, {"fallback", 6}}},
       {"fallbacks_by_cause", {{"breaker_open", 2}}},
       {"latency_ms",
        {{"p50", 800}, {"p95", 2'000}, {"p99", 15'000}, {"max", 15'001}}},
       {"attempts", 17},
       {"tokens", {{"prompt", 9'000}, {"completion", 600}}},
       {"cost_usd", 0.05},
       {"in_flight", 2},
       {"transitions", 5},
       {"last_5m",
        {{"total_calls", 3},
         {"successful_calls", 2},
         {"failed_calls", 1},
         {"success_rate", 66.5},
         {"requests", 4},
         {"answered", 4},
         {"answered_rate", 100},
         {"fallbacks", 1}}}}));
}

TEST_CASE("statistics without a call claim no rate and no latency",
          "[json_encoder]") {
  auto x = json::parse(encoder()->stats({}, {}, at(1), 1));
  CHECK(x["success_rate"].is_null());
  CHECK(x["answered_rate"].is_null());
  CHECK(x["retry_in_s"].is_null());
  for (auto name : {"p50", "p95", "p99", "max"})
    CHECK(x["latency_ms"][name].is_null());
  CHECK(x["failures_by_cause"] == json::object());
}

TEST_CASE("the time to the next probe is never negative", "[json_encoder]") {
  core::breaker_status state;
  state.state = core::breaker_state::open;
  state.retry_at = at(1'000);
  auto left = [&](std::int64_t now) {
    return json::parse(encoder()->stats({}, state, at(now), 1))["retry_in_s"];
  };
  CHECK(left(999) == 0.001);
  CHECK(left(1'000) == 0);
  CHECK(left(1'001) == 0);
}

TEST_CASE("a config report carries changes and errors", "[json_encoder]") {
  core::config_report x;
  x.version = 2;
  x.ok = false;
  x.needs_restart = {"/http/bind"};
  x.errors = {"a.json:3: /gate: \"x\""};
  CHECK(json::parse(encoder()->config(x, 5))
        == json({{"v", 1},
                 {"boot", "b00t"},
                 {"seq", 5},
                 {"version", 2},
                 {"ok", false},
                 {"changes", json::array()},
                 {"needs_restart", {"/http/bind"}},
                 {"errors", {"a.json:3: /gate: \"x\""}}}));
}

TEST_CASE("a refusal carries reason, detail, excerpt and count",
          "[json_encoder]") {
  transport::refusal_report x;
  x.what = {core::refusal_reason::bad_price, "low is 0"};
  x.excerpt = R"({"low":0,"x":"\\xff"})";
  x.count = 3;
  CHECK(json::parse(encoder()->refused(x, 1))
        == json({{"v", 1},
                 {"boot", "b00t"},
                 {"seq", 1},
                 {"reason", "bad_price"},
                 {"detail", "low is 0"},
                 {"excerpt", x.excerpt},
                 {"count", 3}}));
}

TEST_CASE("a heartbeat says what time it is and how long the daemon runs",
          "[json_encoder]") {
  const core::unix_ms at{core::milliseconds{1'700'000'000'123}};
  CHECK(
    encoder()->heartbeat(12.3456789, at, 12)
    == R"({"v":1,"boot":"b00t","seq":12,"at":1700000000123,"uptime_s":12.346})");
}
