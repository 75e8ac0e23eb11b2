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
  CHECK(got->strategies.at(0).counts.in_flight == 1);
  CHECK_FALSE(got->strategies.at(0).counts.success_rate);
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
