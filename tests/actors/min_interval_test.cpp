#include "tests/support/system_fixture.hpp"

using namespace riskbreaker;
using namespace riskbreaker::tests;
using namespace std::chrono_literals;
using core::answer_source;
using core::cause;

TEST_CASE_METHOD(system_fixture,
                 "supervisor: a valid answer is used again within min_interval",
                 "[supervisor][min_interval]") {
  strategy.min_interval = 301s;
  start();
  llm->script = {answer("40", "0.8"), answer("60", "0.8")};
  next_candle();
  REQUIRE(finals.size() == 1);
  CHECK(finals[0].source == answer_source::llm);
  provisionals.clear();

  next_candle();
  REQUIRE(finals.size() == 2);
  CHECK(finals[1].source == answer_source::llm_cached);
  CHECK_FALSE(finals[1].cause);
  CHECK(finals[1].score == 40);
  CHECK(finals[1].candle_time == finals[0].candle_time + 5min);
  REQUIRE(finals[1].llm);
  CHECK(finals[1].llm->model == "m-1");
  CHECK(finals[1].llm->attempts == 0);
  CHECK(provisionals.empty());
  CHECK(llm->requests.size() == 1);

  next_candle(); // ten minutes after the question: asked anew
  REQUIRE(finals.size() == 3);
  CHECK(finals[2].source == answer_source::llm);
  CHECK(finals[2].score == 60);
  CHECK(llm->requests.size() == 2);
}

TEST_CASE_METHOD(system_fixture,
                 "supervisor: min_interval does not speak for an LLM that is "
                 "left alone, nor for another pair, nor after a change",
                 "[supervisor][min_interval]") {
  strategy.min_interval = 24h;
  start();
  llm->script = {answer("40", "0.8"), answer("60", "0.8"), answer("70", "0.8")};
  next_candle();
  push({candle(0, "ETH/USDT")});
  CHECK(finals.back().source == answer_source::llm);
  CHECK(llm->requests.size() == 2);

  strategy.scoring.max_confidence = 0.6;
  caf::anon_send(supervisor, messages::strategies_changed{table()});
  caf::anon_send(ingest, messages::strategies_changed{table()});
  settle();
  next_candle();
  CHECK(finals.back().source == answer_source::llm);
  CHECK(finals.back().score == 70);

  caf::anon_send(supervisor,
                 messages::breaker_command{
                   "ichimoku", messages::breaker_command::action::force_open});
  settle();
  next_candle();
  CHECK(finals.back().source == answer_source::fallback);
  CHECK(finals.back().cause == cause::breaker_forced);
}

TEST_CASE_METHOD(system_fixture,
                 "supervisor: an open breaker falls back, whatever was kept",
                 "[supervisor][min_interval]") {
  strategy.min_interval = 24h;
  strategy.breaker.failure_threshold = 1;
  strategy.breaker.recovery_timeout = 10min;
  start();
  llm->script = {answer("40", "0.8"), http(500, "{}")};
  next_candle();
  push({candle(0, "ETH/USDT")}); // opens
  REQUIRE(transitions.size() == 1);
  next_candle(); // of BTC/USDT, whose answer is still valid
  REQUIRE(finals.size() == 3);
  CHECK(finals[2].source == answer_source::fallback);
  CHECK(finals[2].cause == cause::breaker_open);
}

TEST_CASE_METHOD(system_fixture,
                 "supervisor: an answer that was asked for before a reload is "
                 "not used after it",
                 "[supervisor][min_interval]") {
  strategy.min_interval = 24h;
  start();
  llm->script.clear(); // the call hangs over the reload
  next_candle();
  CHECK(finals.empty());
  strategy.scoring.max_confidence = 0.6;
  caf::anon_send(supervisor, messages::strategies_changed{table()});
  caf::anon_send(ingest, messages::strategies_changed{table()});
  settle();
  llm->release(answer("40", "0.8"));
  settle();
  REQUIRE(finals.size() == 1);
  CHECK(finals[0].source == answer_source::llm);
  llm->script = {answer("70", "0.8")};
  next_candle();
  REQUIRE(finals.size() == 2);
  CHECK(finals[1].source == answer_source::llm);
  CHECK(finals[1].score == 70);
}

TEST_CASE_METHOD(system_fixture,
                 "supervisor: the control command assess asks anew within "
                 "min_interval",
                 "[supervisor][min_interval]") {
  strategy.min_interval = 24h;
  start();
  llm->script = {answer("40", "0.8"), answer("70", "0.8")};
  next_candle();
  CHECK(llm->requests.size() == 1);
  caf::anon_send(ingest,
                 messages::assess_command{7, "ichimoku", "BTC/USDT", "5m"});
  settle();
  CHECK(llm->requests.size() == 2);
  CHECK(finals.size() == 1);
  // Answered to the caller alone, and counted all the same.
  reports.clear();
  advance(10s);
  REQUIRE_FALSE(reports.empty());
  CHECK(reports.back().counts.requests == 2);
  CHECK(reports.back().counts.answered == 2);
  CHECK(reports.back().counts.total_calls == 2);
}
