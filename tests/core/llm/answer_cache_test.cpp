#include "core/llm/answer_cache.hpp"
#include "tests/support/catch.hpp"

using namespace riskbreaker::core;
using namespace std::chrono_literals;

namespace {

const steady_time start{1h};
const unix_ms wall{1'700'000'000'000ms};

std::shared_ptr<const series_key> key_of(const char* pair) {
  return std::make_shared<const series_key>(
    series_key{pair, *timeframe::parse("5m")});
}

kept_answer answer(double score, unix_ms valid_until) {
  return {score, 0.8, start, valid_until, std::make_shared<llm_report>()};
}

} // namespace

TEST_CASE("an answer is used again within the interval and not a tick longer",
          "[answer_cache]") {
  answer_cache cache;
  auto btc = key_of("BTC/USDT");
  cache.keep(btc, answer(40, wall + 1h), wall);
  REQUIRE(cache.find(btc, start, wall, 60s));
  CHECK(cache.find(btc, start + 60s - 1ns, wall, 60s)->score == 40);
  CHECK_FALSE(cache.find(btc, start + 60s, wall, 60s));
  CHECK_FALSE(cache.find(btc, start, wall, 0s));
  CHECK_FALSE(cache.find(key_of("ETH/USDT"), start, wall, 60s));
}

TEST_CASE("an expired answer is not used however long the interval",
          "[answer_cache]") {
  answer_cache cache;
  auto btc = key_of("BTC/USDT");
  cache.keep(btc, answer(40, wall + 10s), wall);
  CHECK(cache.find(btc, start, wall + 10s - 1ms, 24h));
  CHECK_FALSE(cache.find(btc, start, wall + 10s, 24h));
}

TEST_CASE("a late answer does not replace that of a newer candle",
          "[answer_cache]") {
  answer_cache cache;
  auto btc = key_of("BTC/USDT");
  cache.keep(btc, answer(40, wall + 10min), wall);
  cache.keep(btc, answer(90, wall + 5min), wall);
  CHECK(cache.find(btc, start, wall, 60s)->score == 40);
  cache.keep(btc, answer(50, wall + 15min), wall);
  CHECK(cache.find(btc, start, wall, 60s)->score == 50);
}

TEST_CASE("answers of series that fell silent are dropped", "[answer_cache]") {
  answer_cache cache;
  for (int i = 0; i < 10'000; ++i) {
    auto now = wall + std::chrono::seconds{i};
    cache.keep(key_of("A/B"), answer(40, now + 10s), now);
  }
  CHECK(cache.size() <= 64);
}

TEST_CASE("an answer is used again only where the LLM may be asked",
          "[answer_cache]") {
  CHECK(may_reuse(breaker_state::closed));
  CHECK(may_reuse(breaker_state::forced_closed));
  CHECK_FALSE(may_reuse(breaker_state::open));
  CHECK_FALSE(may_reuse(breaker_state::half_open));
  CHECK_FALSE(may_reuse(breaker_state::forced_open));
}

TEST_CASE("an answer used again names its model and costs nothing",
          "[answer_cache]") {
  llm_report first;
  first.endpoint = "nano-gpt";
  first.model = "m-1";
  first.reasoning = "calm";
  first.attempts = 2;
  first.prompt_tokens = 900;
  first.completion_tokens = 80;
  first.cost_usd = 0.01;
  auto again = report_of_reuse(first);
  CHECK(again->endpoint == "nano-gpt");
  CHECK(again->model == "m-1");
  CHECK(again->reasoning == "calm");
  CHECK(again->attempts == 0);
  CHECK(again->prompt_tokens + again->completion_tokens == 0);
  CHECK(again->cost_usd == 0);
}
