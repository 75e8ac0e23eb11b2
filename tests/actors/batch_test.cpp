#include "tests/support/system_fixture.hpp"

#include <map>

using namespace riskbreaker;
using namespace riskbreaker::tests;
using namespace std::chrono_literals;
using core::answer_source;
using core::cause;

namespace {

/// An answer to a prompt for several pairs; a pair with a score of -1 is left
/// out.
core::http_reply answers(const std::map<std::string, int>& scores) {
  std::string list;
  for (const auto& [pair, score] : scores)
    if (score >= 0)
      list += (list.empty() ? "" : ",") + (R"({\"pair\":\")" + pair)
              + R"(\",\"risk_score\":)" + std::to_string(score)
              + R"(,\"confidence\":0.8,\"reasoning\":\"calm\"})";
  return http(200, R"({"model":"m-1","choices":[{"finish_reason":"stop",)"
                   R"("message":{"content":"{\"assessments\":[)"
                     + list
                     + R"(]}"}}],"usage":{"prompt_tokens":101,)"
                       R"("completion_tokens":20}})");
}

struct batch_fixture : system_fixture {
  batch_fixture() {
    strategy.batch.max_pairs = 3;
    strategy.batch.window = core::milliseconds{200};
  }

  const core::assessment& final_of(const std::string& pair) const {
    for (const auto& x : finals)
      if (x.series->pair == pair)
        return x;
    FAIL("no final of " + pair);
    throw std::logic_error("unreachable");
  }
};

} // namespace

TEST_CASE_METHOD(batch_fixture,
                 "batch: pairs that close together make one request and get "
                 "an answer each",
                 "[batch]") {
  start();
  llm->script = {answers({{"A/B", 10}, {"C/D", 20}, {"E/F", 30}})};
  push({candle(0, "A/B")});
  push({candle(0, "C/D")});
  CHECK(llm->requests.empty());
  CHECK(provisionals.size() == 2);
  push({candle(0, "E/F")}); // full
  CHECK(llm->requests.size() == 1);
  REQUIRE(finals.size() == 3);
  CHECK(final_of("A/B").score == 10);
  CHECK(final_of("C/D").score == 20);
  CHECK(final_of("E/F").score == 30);
  std::uint64_t tokens = 0;
  for (const auto& x : finals) {
    CHECK(x.source == answer_source::llm);
    tokens += x.llm->prompt_tokens;
  }
  CHECK(tokens == 101);
}

TEST_CASE_METHOD(batch_fixture,
                 "batch: a call goes when its window is over, however few",
                 "[batch]") {
  start();
  llm->script = {answers({{"A/B", 10}, {"C/D", 20}}), answer("40")};
  push({candle(0, "A/B")});
  advance(100ms);
  push({candle(0, "C/D")});
  advance(99ms);
  CHECK(llm->requests.empty());
  advance(1ms);
  CHECK(llm->requests.size() == 1);
  CHECK(finals.size() == 2);

  push({candle(0, "E/F")}); // alone: asked as any single pair is
  advance(200ms);
  REQUIRE(llm->requests.size() == 2);
  CHECK(llm->requests[1].body.find("=== pair") == std::string::npos);
  CHECK(final_of("E/F").score == 40);
}

TEST_CASE_METHOD(batch_fixture,
                 "batch: a missing pair falls back alone and the breaker sees "
                 "one success",
                 "[batch]") {
  strategy.breaker.failure_threshold = 1;
  start();
  llm->script = {answers({{"A/B", 10}, {"C/D", -1}, {"E/F", 150}})};
  push({candle(0, "A/B"), candle(0, "C/D"), candle(0, "E/F")});
  REQUIRE(finals.size() == 3);
  CHECK(final_of("A/B").source == answer_source::llm);
  for (auto* pair : {"C/D", "E/F"}) {
    CHECK(final_of(pair).source == answer_source::fallback);
    CHECK(final_of(pair).cause == cause::llm_malformed);
  }
  CHECK(transitions.empty());
}

TEST_CASE_METHOD(batch_fixture,
                 "batch: a call that fails counts once and answers all",
                 "[batch]") {
  strategy.breaker.failure_threshold = 2;
  start();
  llm->script = {http(500, "{}")};
  push({candle(0, "A/B"), candle(0, "C/D"), candle(0, "E/F")});
  CHECK(finals.size() == 3);
  CHECK(transitions.empty()); // one failure, not three
  llm->script = {http(500, "{}")};
  push({candle(0, "G/H"), candle(0, "I/J"), candle(0, "K/L")});
  CHECK(finals.size() == 6);
  CHECK(transitions.size() == 1);
  CHECK(llm->requests.size() == 2);
}

TEST_CASE_METHOD(batch_fixture,
                 "batch: a hanging call is given up for all its pairs in time",
                 "[batch]") {
  strategy.call.call_deadline = 20s;
  strategy.call.api_timeout = 60s;
  start();
  push({candle(0, "A/B")});
  advance(150ms);
  push({candle(0, "C/D")});
  advance(19s + 800ms);
  CHECK(finals.empty());
  advance(300ms); // 20.25 s after the first
  REQUIRE(finals.size() == 2);
  CHECK(finals[0].cause == cause::llm_timeout);
}

TEST_CASE_METHOD(batch_fixture,
                 "batch: a breaker that opens meanwhile keeps waiting pairs "
                 "from the LLM",
                 "[batch]") {
  start();
  push({candle(0, "A/B")});
  caf::anon_send(supervisor,
                 messages::breaker_command{
                   "ichimoku", messages::breaker_command::action::force_open});
  settle();
  push({candle(0, "C/D")}); // does not join what was allowed before
  REQUIRE(finals.size() == 1);
  CHECK(finals[0].cause == cause::breaker_forced);
  advance(200ms);
  REQUIRE(finals.size() == 2);
  CHECK(finals[1].series->pair == "A/B");
  CHECK(finals[1].cause == cause::breaker_forced);
  CHECK(llm->requests.empty());
}

TEST_CASE_METHOD(batch_fixture,
                 "batch: a breaker that is closed again lets waiting pairs go",
                 "[batch]") {
  using action = messages::breaker_command::action;
  start();
  llm->script = {answer("40")};
  push({candle(0, "A/B")});
  for (auto what : {action::force_open, action::automatic})
    caf::anon_send(supervisor, messages::breaker_command{"ichimoku", what});
  advance(200ms);
  REQUIRE(finals.size() == 1);
  CHECK(finals[0].source == answer_source::llm);
}

TEST_CASE_METHOD(batch_fixture,
                 "batch: a caller that dies takes no call that still waits",
                 "[batch]") {
  start();
  llm->script = {answer("40")};
  push({candle(0, "A/B")});
  caf::anon_send_exit(caller, caf::exit_reason::kill);
  settle();
  CHECK(finals.empty());
  advance(200ms);
  REQUIRE(finals.size() == 1);
  CHECK(finals[0].source == answer_source::llm);
  CHECK(callers == 2);
}

TEST_CASE_METHOD(batch_fixture, "batch: shutting down answers pairs that wait",
                 "[batch]") {
  start();
  push({candle(0, "A/B"), candle(0, "C/D")});
  auto open = ask<std::uint64_t>(*this, supervisor, atom::shutdown_v);
  REQUIRE(open);
  CHECK(*open == 2);
  REQUIRE(finals.size() == 2);
  CHECK(finals[0].cause == cause::shutting_down);
  advance(1min);
  CHECK(finals.size() == 2);
  CHECK(llm->requests.empty());
}

TEST_CASE_METHOD(batch_fixture,
                 "batch: half open, one probe carries several pairs",
                 "[batch]") {
  strategy.breaker.failure_threshold = 1;
  strategy.breaker.recovery_timeout = 10s;
  start();
  llm->script = {http(500, "{}")};
  push({candle(0, "X/Y")});
  advance(200ms);
  REQUIRE(transitions.size() == 1);
  advance(10s);
  llm->script = {answers({{"A/B", 10}, {"C/D", 20}, {"E/F", 30}})};
  push(
    {candle(0, "A/B"), candle(0, "C/D"), candle(0, "E/F"), candle(0, "G/H")});
  REQUIRE(finals.size() == 5);
  CHECK(final_of("G/H").cause == cause::half_open_busy);
  CHECK(final_of("E/F").source == answer_source::llm);
  CHECK(transitions.back().change.to == core::breaker_state::closed);
  CHECK(llm->requests.size() == 2);
}

TEST_CASE_METHOD(batch_fixture,
                 "batch: the control command assess waits for nobody",
                 "[batch]") {
  strategy.batch.max_pairs = 1;
  start();
  llm->script = {answer("40"), answer("50")};
  push({candle(0, "A/B")});
  strategy.batch.max_pairs = 3;
  caf::anon_send(supervisor, messages::strategies_changed{table()});
  caf::anon_send(ingest, messages::strategies_changed{table()});
  settle();
  caf::anon_send(ingest, messages::assess_command{7, "ichimoku", "A/B", "5m"});
  settle();
  CHECK(llm->requests.size() == 2);
}

TEST_CASE_METHOD(batch_fixture,
                 "batch: pairs of another candle time ask for themselves",
                 "[batch]") {
  strategy.assess.max_candle_age.reset();
  start();
  push({candle(0, "A/B"), candle(3, "C/D")});
  advance(200ms);
  CHECK(llm->requests.size() == 2);
}
