#include "tests/support/system_fixture.hpp"

#include <cmath>

using namespace riskbreaker;
using namespace riskbreaker::tests;
using namespace std::chrono_literals;
using core::answer_source;
using core::cause;

TEST_CASE_METHOD(system_fixture,
                 "caller: a call is retried after its waits and counts once",
                 "[llm_caller]") {
  strategy.call.max_retries = 2;
  start();
  llm->script = {http(500, "{}"), http(502, "{}"), answer()};
  push({candle()});
  CHECK(llm->requests.size() == 1);
  for (int i = 0; i < 8 && finals.empty(); ++i)
    advance(1s);
  REQUIRE(finals.size() == 1);
  CHECK(finals[0].source == answer_source::llm);
  CHECK(finals[0].llm->attempts == 3);
  CHECK(llm->requests.size() == 3);
  CHECK(transitions.empty());
}

// https://github.com/jaseci-labs/jac/issues/7909
TEST_CASE_METHOD(
  system_fixture,
  "caller: threshold 3 and 2 retries make 9 requests before OPEN",
  "[llm_caller]") {
  strategy.call.max_retries = 2;
  start();
  for (int call = 0; call < 3; ++call) {
    llm->script = {http(500, "{}"), http(500, "{}"), http(500, "{}")};
    next_candle();
    for (int i = 0; i < 8; ++i)
      advance(1s);
  }
  CHECK(llm->requests.size() == 9);
  REQUIRE(transitions.size() == 1);
  CHECK(transitions[0].change.to == core::breaker_state::open);
}

// https://github.com/teilomillet/gollm/issues/33
TEST_CASE_METHOD(system_fixture,
                 "caller: a parameter that is not taken is left out once and "
                 "for all",
                 "[llm_caller]") {
  start();
  llm->script
    = {http(400, R"({"error":{"code":"unsupported_parameter","message":)"
                 R"("Unsupported parameter: 'max_tokens'"}})"),
       answer(), answer()};
  push({candle(0, "A/B")});
  REQUIRE(finals.size() == 1);
  CHECK(finals[0].source == answer_source::llm);
  REQUIRE(llm->requests.size() == 2);
  CHECK(llm->requests[0].body.find("max_tokens") != std::string::npos);
  CHECK(llm->requests[1].body.find("max_tokens") == std::string::npos);
  push({candle(0, "C/D")});
  REQUIRE(llm->requests.size() == 3);
  CHECK(llm->requests[2].body.find("max_tokens") == std::string::npos);
}

TEST_CASE_METHOD(system_fixture,
                 "caller: a schema is asked for, then an object, then nothing, "
                 "one step for each refusal",
                 "[llm_caller]") {
  start();
  auto no_schema = http(400, R"({"error":{"message":"response_format of type )"
                             R"('json_schema' is not supported"}})");
  auto no_format = http(400, R"({"error":{"message":"Unrecognized request )"
                             R"(argument: response_format"}})");
  auto asked_for = [this](std::size_t i) -> std::string {
    const auto& body = llm->requests.at(i).body;
    for (auto* kind : {"\"json_schema\"", "\"json_object\""})
      if (body.find(kind) != std::string::npos)
        return kind;
    return body.find("response_format") == std::string::npos ? "nothing" : "?";
  };
  llm->script = {no_schema, answer(), answer(), no_format, answer(), answer()};
  push({candle(0, "A/B")});
  push({candle(0, "C/D")});
  push({candle(0, "E/F")});
  push({candle(0, "G/H")});
  REQUIRE(finals.size() == 4);
  for (auto& one : finals)
    CHECK(one.source == answer_source::llm);
  REQUIRE(llm->requests.size() == 6);
  CHECK(asked_for(0) == "\"json_schema\"");
  for (std::size_t i = 1; i <= 3; ++i)
    CHECK(asked_for(i) == "\"json_object\"");
  CHECK(asked_for(4) == "nothing");
  CHECK(asked_for(5) == "nothing");
}

// https://github.com/MemTensor/MemOS/pull/1899
TEST_CASE_METHOD(system_fixture, "caller: a refused key opens at once",
                 "[llm_caller]") {
  strategy.call.max_retries = 2;
  start();
  llm->script = {http(401, R"({"error":{"message":"bad key"}})")};
  push({candle(0, "A/B")});
  REQUIRE(finals.size() == 1);
  CHECK(finals[0].cause == cause::llm_auth);
  CHECK(core::cause_text(transitions.at(0).change) == "trip_now:llm_auth");
  push({candle(0, "C/D")});
  CHECK(llm->requests.size() == 1);
}

// https://github.com/github/copilot-cli/issues/2760
TEST_CASE_METHOD(system_fixture,
                 "caller: a Retry-After past the deadline opens until then",
                 "[llm_caller]") {
  strategy.call.max_retries = 2;
  strategy.breaker.recovery_timeout = 1s;
  strategy.breaker.recovery_timeout_max = 1s;
  start();
  auto limited = http(429, "{}");
  limited.headers.push_back({"retry-after", "120"});
  llm->script = {limited};
  push({candle(0, "A/B")});
  REQUIRE(finals.size() == 1);
  CHECK(finals[0].cause == cause::llm_rate_limited);
  REQUIRE(transitions.size() == 1);
  CHECK(core::cause_text(transitions[0].change) == "retry_after");
  advance(119s);
  CHECK(transitions.size() == 1);
  advance(1s);
  CHECK(transitions.size() == 2);
}

TEST_CASE_METHOD(system_fixture,
                 "caller: the key stands in one header and nowhere else",
                 "[llm_caller]") {
  start();
  llm->script = {answer()};
  push({candle()});
  REQUIRE(llm->requests.size() == 1);
  const auto& request = llm->requests[0];
  CHECK(request.url == "http://127.0.0.1:1/v1/chat/completions");
  CHECK(request.url.find("sk-secret") == std::string::npos);
  CHECK(request.body.find("sk-secret") == std::string::npos);
  int found = 0;
  for (const auto& x : request.headers)
    found += x == "Authorization: Bearer sk-secret" ? 1 : 0;
  CHECK(found == 1);
}

// https://github.com/TauricResearch/TradingAgents/issues/515
TEST_CASE_METHOD(
  system_fixture,
  "caller: the daily cap counts retries and ends at midnight UTC",
  "[llm_caller]") {
  endpoint.limits.calls_per_day = 3;
  strategy.call.max_retries = 1;
  start();
  llm->script = {http(500, "{}"), http(500, "{}"), answer()};
  push({candle(0, "A/B")});
  advance(2s);
  CHECK(finals.back().cause == cause::llm_server_error);
  push({candle(0, "C/D")});
  CHECK(finals.back().source == answer_source::llm);
  push({candle(0, "E/F")});
  CHECK(finals.back().cause == cause::budget_exhausted);
  CHECK(llm->requests.size() == 3);
  advance(105min - 3s); // 23:59:59
  push({candle(0, "G/H")});
  CHECK(finals.back().cause == cause::budget_exhausted);
  advance(1s);
  llm->script = {answer()};
  push({candle(0, "I/J")});
  CHECK(finals.back().source == answer_source::llm);
}

TEST_CASE_METHOD(system_fixture,
                 "caller: a whole day costs exactly its hundred calls, retries "
                 "counted, and the next day begins anew",
                 "[llm_caller]") {
  endpoint.limits.calls_per_day = 100;
  strategy.call.max_retries = 1;
  start();
  advance(105min); // midnight UTC
  std::size_t by_llm = 0;
  std::size_t over_budget = 0;
  for (int i = 0; i < 288; ++i) { // candles that close from 00:00 to 23:55
    // Every second call needs a retry: three requests for two candles.
    if (i % 2 == 0)
      llm->script = {http(503, "{}"), answer()};
    else
      llm->script = {answer()};
    push({candle()});
    advance(3s);
    by_llm += finals.back().source == answer_source::llm ? 1 : 0;
    over_budget += finals.back().cause == cause::budget_exhausted ? 1 : 0;
    advance(5min - 3s);
  }
  CHECK(finals.size() == 288);
  CHECK(llm->requests.size() == 100);
  // 33 pairs of candles cost 99 calls; the hundredth failed, and its retry had
  // no budget left: that candle says what happened to it.
  CHECK(by_llm == 66);
  CHECK(over_budget == 288 - 66 - 1);
  llm->script = {answer()};
  push({candle()}); // midnight again
  CHECK(finals.back().source == answer_source::llm);
  CHECK(llm->requests.size() == 101);
}

TEST_CASE_METHOD(system_fixture,
                 "caller: the second endpoint is asked when the first is full, "
                 "and is named",
                 "[llm_caller]") {
  endpoint.limits.max_in_flight = 1;
  strategy.endpoints = {"sim", "other"};
  start();
  auto two = std::make_shared<core::strategy_table>(*table());
  auto second = endpoint;
  second.name = "other";
  second.url = "http://127.0.0.1:2/v1/";
  two->endpoints["other"] = std::make_shared<const core::endpoint>(second);
  caf::anon_send(supervisor, messages::strategies_changed{two});
  caf::anon_send(ingest, messages::strategies_changed{two});
  settle();
  push({candle(0, "A/B"), candle(0, "C/D")});
  REQUIRE(llm->requests.size() == 2);
  CHECK(llm->requests[1].url == "http://127.0.0.1:2/v1/chat/completions");
  llm->release(answer());
  llm->release(answer());
  settle();
  REQUIRE(finals.size() == 2);
  CHECK(finals[0].llm->endpoint == "sim");
  CHECK(finals[1].llm->endpoint == "other");
}

TEST_CASE_METHOD(system_fixture,
                 "caller: an answer that counts no tokens is charged by its "
                 "text, and the bill says so",
                 "[llm_caller]") {
  endpoint.usd_per_million_prompt = 1;
  endpoint.usd_per_million_completion = 10;
  start();
  auto silent = answer();
  auto usage = silent.body.find(R"(,"usage")");
  silent.body.replace(usage, silent.body.rfind('}') - usage, "");
  llm->script = {silent, answer()};
  push({candle(0, "A/B"), candle(0, "C/D")});
  REQUIRE(finals.size() == 2);
  const auto& guessed = *finals[0].llm;
  CHECK(guessed.tokens_estimated);
  CHECK(guessed.prompt_tokens > 200);
  CHECK(guessed.completion_tokens == 14); // of 54 bytes
  CHECK(std::fabs(guessed.cost_usd
                  - (static_cast<double>(guessed.prompt_tokens) + 140) / 1e6)
        < 1e-12);
  const auto& counted = *finals[1].llm;
  CHECK_FALSE(counted.tokens_estimated);
  CHECK(counted.prompt_tokens == 100);
  CHECK(counted.completion_tokens == 20);
}
