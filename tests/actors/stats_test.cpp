#include "tests/support/system_fixture.hpp"

using namespace riskbreaker;
using namespace riskbreaker::tests;
using namespace std::chrono_literals;

TEST_CASE_METHOD(system_fixture,
                 "stats: calls, answers and causes add up, and are published "
                 "every interval and on transitions",
                 "[stats]") {
  start();
  llm->script = {answer(), http(500, "{}"), answer("10", "0.1")};
  push({candle(0, "A/B"), candle(0, "C/D"), candle(0, "E/F")});
  auto got = ask<messages::stats_listing>(*this, stats, atom::query_v);
  REQUIRE(got);
  REQUIRE(got->strategies.size() == 1);
  const auto& x = got->strategies[0].counts;
  CHECK(x.strategy == "ichimoku");
  CHECK(x.total_calls == 3);
  CHECK(x.successful_calls == 2);
  CHECK(x.failed_calls == 1);
  CHECK(x.requests == 3);
  CHECK(x.answered == 3);
  CHECK(x.answered_rate == 100.0);
  CHECK(x.in_flight == 0);
  CHECK(x.prompt_tokens == 200);
  auto by = [&](core::cause why) {
    return x.fallbacks_by_cause[static_cast<std::size_t>(why)];
  };
  CHECK(by(core::cause::llm_server_error) == 1);
  CHECK(by(core::cause::low_confidence) == 1);
  CHECK(x.transitions == 0);
  CHECK(x.last_5m.total_calls == 3);
  CHECK(x.last_5m.requests == 3);
  CHECK(x.last_5m.fallbacks == 2);
  REQUIRE(x.endpoints.size() == 1);
  CHECK(x.endpoints[0].endpoint == "sim");
  CHECK(x.endpoints[0].successful_calls == 2);
  CHECK(x.endpoints[0].prompt_tokens == 200);
  CHECK(x.endpoints[0].durations.count() == 3);

  CHECK(reports.size() == 1); // at the start, for late subscribers
  advance(10s - 1ns);
  CHECK(reports.size() == 1);
  advance(1ns);
  CHECK(reports.size() == 2);
  using action = messages::breaker_command::action;
  REQUIRE(ask<messages::breaker_reply>(
    *this, supervisor,
    messages::breaker_command{"ichimoku", action::force_open}));
  REQUIRE(reports.size() == 3);
  CHECK(reports.back().counts.state == core::breaker_state::forced_open);
  CHECK(reports.back().counts.transitions == 1);
}

TEST_CASE_METHOD(system_fixture, "stats: a call that hangs is in flight",
                 "[stats]") {
  start();
  push({candle()});
  auto got = ask<messages::stats_listing>(*this, stats, atom::query_v);
  REQUIRE(got);
  const auto& x = got->strategies.at(0).counts;
  CHECK(x.in_flight == 1);
  CHECK_FALSE(x.success_rate);
  CHECK(x.requests == 1);
  CHECK(x.answered == 0);
  CHECK_FALSE(x.answered_rate); // its time is not up
  CHECK_FALSE(x.last_5m.answered_rate);
}

TEST_CASE_METHOD(system_fixture,
                 "stats: a request that gets no answer lowers the rate",
                 "[stats]") {
  start();
  llm->script = {answer()};
  push({candle()});
  auto lost = std::make_shared<messages::assessment_batch>();
  lost->counts.push_back({table()->find("ichimoku"), 3});
  caf::anon_send(stats, messages::assessments{lost});
  settle();
  auto got = ask<messages::stats_listing>(*this, stats, atom::query_v);
  REQUIRE(got);
  const auto& x = got->strategies.at(0).counts;
  CHECK(x.requests == 4);
  CHECK(x.answered == 1);
  CHECK(x.answered_rate == 25.0);
  CHECK(x.last_5m.answered_rate == 25.0);
}

TEST_CASE_METHOD(system_fixture,
                 "stats: an answer that is on its way is not missing, least of "
                 "all when a transition is told before it",
                 "[stats]") {
  start();
  for (int i = 0; i < 12; ++i) {
    llm->script.push_back(http(500, "{}"));
    push({candle(0, "P" + std::to_string(i) + "/X")});
  }
  bool opened = false;
  for (const auto& x : reports) {
    opened |= x.counts.state == core::breaker_state::open;
    CHECK(x.counts.answered_rate.value_or(100) == 100);
    CHECK(x.counts.last_5m.answered_rate.value_or(100) == 100);
  }
  CHECK(opened);
  auto got = ask<messages::stats_listing>(*this, stats, atom::query_v);
  REQUIRE(got);
  CHECK(got->strategies[0].counts.requests == 12);
  CHECK(got->strategies[0].counts.answered == 12);
}

TEST_CASE_METHOD(system_fixture,
                 "stats: an endpoint that was not asked yet has its zeros",
                 "[stats]") {
  start();
  caf::anon_send(stats, messages::strategies_changed{table()});
  settle();
  auto counts = [&] {
    auto got = ask<messages::stats_listing>(*this, stats, atom::query_v);
    REQUIRE(got);
    REQUIRE(got->strategies.size() == 1);
    return got->strategies[0].counts.endpoints;
  };
  REQUIRE(counts().size() == 1);
  CHECK(counts()[0].endpoint == "sim");
  CHECK(counts()[0].successful_calls == 0);
  CHECK(counts()[0].durations.count() == 0);
  llm->script = {answer()};
  push({candle()});
  REQUIRE(counts().size() == 1);
  CHECK(counts()[0].successful_calls == 1);
  // A reload takes nothing away.
  caf::anon_send(stats, messages::strategies_changed{table()});
  settle();
  REQUIRE(counts().size() == 1);
  CHECK(counts()[0].successful_calls == 1);
}

TEST_CASE_METHOD(system_fixture, "stats: a strategy that went is dropped",
                 "[stats]") {
  start();
  caf::anon_send(stats, messages::strategies_changed{
                          std::make_shared<core::strategy_table>()});
  settle();
  auto got = ask<messages::stats_listing>(*this, stats, atom::query_v);
  REQUIRE(got);
  CHECK(got->strategies.empty());
}

TEST_CASE_METHOD(
  system_fixture,
  "stats: after five minutes the last ones are empty, the totals "
  "are not",
  "[stats]") {
  start();
  llm->script = {answer()};
  push({candle()});
  auto last = [&] {
    auto got = ask<messages::stats_listing>(*this, stats, atom::query_v);
    REQUIRE(got);
    return got->strategies.at(0).counts;
  };
  CHECK(last().last_5m.success_rate == 100.0);
  advance(290s);
  CHECK(last().last_5m.total_calls == 1);
  advance(10s);
  CHECK(last().last_5m.total_calls == 0);
  CHECK_FALSE(last().last_5m.success_rate);
  CHECK(last().total_calls == 1);
}

TEST_CASE_METHOD(system_fixture,
                 "ingest: its report says what was refused, why, and when the "
                 "last candle of a timeframe came",
                 "[ingest]") {
  start();
  push({candle(), "nonsense", candle(0, "no pair"), "nonsense"});
  auto came = wall();
  advance(30s);
  auto got = ask<messages::ingest_report>(*this, ingest, atom::query_v);
  REQUIRE(got);
  auto of = [&](core::refusal_reason x) {
    return got->counts.refused_by_reason[static_cast<std::size_t>(x)];
  };
  CHECK(of(core::refusal_reason::malformed) == 2);
  CHECK(of(core::refusal_reason::bad_pair) == 1);
  CHECK(got->counts.refused == 3);
  REQUIRE(got->timeframes.size() == 1);
  CHECK(got->timeframes[0].frame.name() == "5m");
  CHECK(got->timeframes[0].series == 1);
  CHECK(came - got->timeframes[0].last_candle <= 1ms);
  CHECK(got->timeframes[0].last_candle <= came);
}
