// Reports of faults in comparable systems, each as the whole way of a request;
// tests/scenarios.md lists them all.

#include "tests/support/system_fixture.hpp"

using namespace riskbreaker;
using namespace riskbreaker::tests;
using namespace std::chrono_literals;
using core::answer_source;
using core::breaker_state;
using core::cause;

// https://github.com/sgl-project/sglang/issues/25811
TEST_CASE_METHOD(system_fixture,
                 "scenario: ten prompts that are too long leave the breaker "
                 "closed, and each is answered",
                 "[scenario]") {
  strategy.call.max_retries = 2;
  start();
  for (std::size_t i = 1; i <= 10; ++i) {
    llm->script = {http(400, R"({"error":{"message":"This model's maximum )"
                             R"(context length is 8192 tokens.","code":)"
                             R"("context_length_exceeded"}})")};
    next_candle();
    REQUIRE(finals.size() == i);
    CHECK(finals.back().source == answer_source::fallback);
    CHECK(finals.back().cause == cause::llm_bad_request);
    CHECK(finals.back().breaker == breaker_state::closed);
    CHECK(llm->requests.size() == i); // never again what was wrong
  }
  CHECK(transitions.empty());
}

// https://github.com/langchain-ai/langchainjs/issues/1929
// https://github.com/MemTensor/MemOS/pull/1899
TEST_CASE_METHOD(system_fixture,
                 "scenario: an empty purse opens at once and is not asked "
                 "again, whatever its status",
                 "[scenario]") {
  strategy.call.max_retries = 2;
  start();
  auto status = GENERATE(429L, 402L);
  llm->script = {
    http(status, R"({"error":{"message":"You exceeded your current quota","ty)"
                 R"(pe":"insufficient_quota","code":"insufficient_quota"}})")};
  push({candle(0, "A/B")});
  REQUIRE(finals.size() == 1);
  CHECK(finals[0].cause == cause::llm_quota);
  REQUIRE(transitions.size() == 1);
  CHECK(core::cause_text(transitions[0].change) == "trip_now:llm_quota");
  push({candle(0, "C/D"), candle(0, "E/F")});
  advance(20s);
  REQUIRE(finals.size() == 3);
  CHECK(finals[2].cause == cause::breaker_open);
  CHECK(llm->requests.size() == 1);
}

// https://github.com/envoyproxy/envoy/issues/25487
TEST_CASE_METHOD(system_fixture,
                 "scenario: our own full house never counts against the LLM",
                 "[scenario]") {
  endpoint.limits.max_in_flight = 2;
  start();
  std::vector<std::string> frames;
  for (int i = 0; i < 12; ++i)
    frames.push_back(candle(0, "P" + std::to_string(i) + "/USDT"));
  push(frames);
  REQUIRE(finals.size() == 10); // at once, without a tick of the clock
  for (const auto& x : finals) {
    CHECK(x.cause == cause::overloaded);
    CHECK(x.source == answer_source::fallback);
    CHECK(x.breaker == breaker_state::closed);
  }
  CHECK(transitions.empty());
  llm->release(answer());
  llm->release(answer());
  settle();
  REQUIRE(finals.size() == 12);
  CHECK(finals.back().source == answer_source::llm);
  // Ten that counted would have used up the threshold: a single failure does
  // not open now.
  llm->script = {http(500, "{}")};
  next_candle();
  CHECK(finals.back().cause == cause::llm_server_error);
  CHECK(transitions.empty());
}

// https://github.com/caura-ai/caura/pull/862
TEST_CASE_METHOD(system_fixture,
                 "scenario: attempts of 14 s each are out by the deadline",
                 "[scenario]") {
  strategy.call.max_retries = 2;
  start();
  push({candle()});
  REQUIRE(llm->requests.size() == 1);
  CHECK(llm->requests[0].timeout == 15s);
  advance(14s);
  llm->release(http(503, "{}"));
  settle();
  for (int i = 0; i < 20; ++i)
    advance(100ms); // the wait of about 1.5 s
  REQUIRE(llm->requests.size() == 2);
  CHECK(llm->requests[1].timeout <= 6s - 1200ms);
  CHECK(finals.empty());
  advance(4s + 100ms); // the second attempt sleeps through it
  REQUIRE(finals.size() == 1);
  CHECK(finals[0].source == answer_source::fallback);
  CHECK(finals[0].cause == cause::llm_timeout);
  CHECK(llm->requests.size() == 2);
}

// https://github.com/decolua/9router/issues/3242
// https://github.com/manthanguptaa/water/issues/57
TEST_CASE_METHOD(system_fixture,
                 "scenario: what holds no score gets the fallback's, never a "
                 "default or a number out of prose",
                 "[scenario]") {
  start();
  auto body = GENERATE(
    std::string{R"({"choices":[]})"}, std::string{R"({"object":"x"})"},
    std::string{R"({"choices":[{"message":{"content":"Risk 12 of 100, I am )"
                R"(90% sure."}}]})"},
    std::string{
      R"({"choices":[{"message":{"content":"{\"risk_score\": 12"}}]})"});
  llm->script = {http(200, body)};
  push({candle()});
  REQUIRE(finals.size() == 1);
  CHECK(finals[0].source == answer_source::fallback);
  CHECK(finals[0].cause == cause::llm_malformed);
  CHECK(finals[0].score == finals[0].fallback.score);
  CHECK(finals[0].confidence == finals[0].fallback.confidence);
}

// https://github.com/Aider-AI/aider/issues/3550
TEST_CASE_METHOD(system_fixture,
                 "scenario: a rate limit inside a 200 is retried and counted "
                 "like one outside",
                 "[scenario]") {
  strategy.call.max_retries = 1;
  start();
  auto limited = http(200, R"({"error":{"code":429,"message":"slow down"}})");
  llm->script = {limited, limited};
  push({candle()});
  CHECK(finals.empty());
  for (int i = 0; i < 20; ++i)
    advance(100ms);
  REQUIRE(finals.size() == 1);
  CHECK(finals[0].cause == cause::llm_rate_limited);
  CHECK(llm->requests.size() == 2);
}

// https://github.com/BerriAI/litellm/issues/28241
TEST_CASE_METHOD(system_fixture,
                 "scenario: every result names its source, model, cause, "
                 "attempts and breaker state",
                 "[scenario]") {
  start();
  llm->script = {answer(), http(401, "{}")};
  push({candle(0, "A/B")});
  push({candle(0, "C/D")});
  push({candle(0, "E/F")});
  REQUIRE(finals.size() == 3);
  CHECK(finals[0].source == answer_source::llm);
  CHECK_FALSE(finals[0].cause);
  CHECK(finals[0].llm->model == "m-1"); // the one that answered
  CHECK(finals[0].llm->endpoint == "sim");
  CHECK(finals[0].llm->attempts == 1);
  CHECK(finals[0].breaker == breaker_state::closed);
  CHECK(finals[1].source == answer_source::fallback);
  CHECK(finals[1].cause == cause::llm_auth);
  CHECK(finals[1].llm->model == "m-0"); // the one that was asked
  CHECK(finals[1].llm->attempts == 1);
  CHECK(finals[2].cause == cause::breaker_open);
  CHECK(finals[2].llm == nullptr);
  CHECK(finals[2].breaker == breaker_state::open);
}
