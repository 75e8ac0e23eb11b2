#include "tests/support/catch.hpp"
#include "transport/json_payloads.hpp"
#include "transport/result_encoder.hpp"

#include <nlohmann/json.hpp>

#include <cmath>
#include <limits>
#include <memory>
#include <set>
#include <string>
#include <vector>

using namespace riskbreaker;
using json = nlohmann::ordered_json;

namespace {

core::unix_ms at(std::int64_t ms) {
  return core::unix_ms{core::milliseconds{ms}};
}

std::vector<std::string> keys(const json& x) {
  std::vector<std::string> names;
  for (const auto& [name, value] : x.items())
    names.push_back(name);
  return names;
}

core::assessment fallback_answer() {
  auto strategy = std::make_shared<core::strategy>();
  strategy->name = "ichimoku_llm_risk";
  core::assessment x;
  x.id = 42;
  x.strategy = strategy;
  x.series = std::make_shared<core::series_key>(
    core::series_key{"BTC/USDT", *core::timeframe::parse("5m")});
  x.candle_time = at(1'700'000'100'000);
  x.requested_at = at(1'700'000'400'001);
  x.issued_at = at(1'700'000'400'002);
  x.valid_until = at(1'700'000'710'000);
  x.score = 70;
  x.confidence = 0.42;
  x.verdict = core::verdict::allow;
  x.cause = core::cause::breaker_open;
  x.breaker = core::breaker_state::open;
  auto& f = x.fallback.factors;
  f[0] = {core::factor_kind::rsi, 71.2, 20, 0.30, true};
  f[1] = {core::factor_kind::volatility, std::nullopt, 0, 0.25, false};
  f[2] = {core::factor_kind::trend, 0.0, 0, 0.25, true};
  f[3] = {core::factor_kind::price_action, -0.5, 0, 0.20, true};
  return x;
}

core::assessment llm_answer() {
  auto x = fallback_answer();
  x.source = core::answer_source::llm;
  x.cause.reset();
  x.breaker = core::breaker_state::closed;
  core::llm_report report;
  report.endpoint = "nano-gpt";
  report.model = "some-model";
  report.latency = core::milliseconds{1'234};
  report.attempts = 2;
  report.prompt_tokens = 900;
  report.completion_tokens = 80;
  report.cost_usd = 0.0021;
  report.reasoning = "calm";
  x.llm = std::make_shared<core::llm_report>(report);
  return x;
}

json encoded(const core::assessment& x, std::uint64_t seq = 17) {
  return json::parse(transport::make_json_encoder("b00t")->assessment(x, seq));
}

} // namespace

TEST_CASE("a boot out of a foreign journal file may be anything",
          "[json_encoder]") {
  for (const auto& boot :
       {std::string{}, std::string(40, 'x'), std::string(41, 'x'),
        std::string(5'000, 'x'), std::string{"\"\\\n"}}) {
    transport::json_writer out;
    transport::write_assessment(out, llm_answer(), boot, 1);
    auto x = json::parse(out.take());
    CHECK(x["boot"] == boot);
    CHECK(x["id"] == boot + '-' + std::to_string(llm_answer().id));
  }
}

TEST_CASE("an assessment has the contract's fields in its order",
          "[json_encoder]") {
  auto x = encoded(llm_answer());
  CHECK(keys(x)
        == std::vector<std::string>{
          "v",           "boot",         "seq",       "id",
          "final",       "strategy",     "pair",      "timeframe",
          "candle_time", "requested_at", "issued_at", "valid_until",
          "score",       "confidence",   "verdict",   "source",
          "cause",       "reasons",      "factors",   "breaker",
          "llm"});
  CHECK(x["v"] == 1);
  CHECK(x["boot"] == "b00t");
  CHECK(x["seq"] == 17);
  CHECK(x["id"] == "b00t-42");
  CHECK(x["final"] == true);
  CHECK(x["strategy"] == "ichimoku_llm_risk");
  CHECK(x["pair"] == "BTC/USDT");
  CHECK(x["timeframe"] == "5m");
  CHECK(x["score"] == 70);
  CHECK(x["confidence"] == 0.42);
  CHECK(x["verdict"] == "allow");
}

TEST_CASE("an assessment's times are whole milliseconds", "[json_encoder]") {
  auto x = encoded(llm_answer());
  for (auto name : {"candle_time", "requested_at", "issued_at", "valid_until"})
    CHECK(x[name].is_number_integer());
  CHECK(x["candle_time"] == 1'700'000'100'000);
  CHECK(x["requested_at"] == 1'700'000'400'001);
  CHECK(x["issued_at"] == 1'700'000'400'002);
  CHECK(x["valid_until"] == 1'700'000'710'000);
}

TEST_CASE("an LLM's answer names its source, model, attempts and cost",
          "[json_encoder]") {
  // https://github.com/BerriAI/litellm/issues/28241
  auto x = encoded(llm_answer());
  CHECK(x["source"] == "llm");
  CHECK(x["cause"].is_null());
  CHECK(x["breaker"] == "closed");
  CHECK(x["reasons"] == json::array({"calm"}));
  CHECK(x["llm"]
        == json({{"endpoint", "nano-gpt"},
                 {"model", "some-model"},
                 {"latency_ms", 1'234},
                 {"attempts", 2},
                 {"prompt_tokens", 900},
                 {"completion_tokens", 80},
                 {"cost_usd", 0.0021},
                 {"tokens_estimated", false}}));
}

TEST_CASE("a fallback's answer says why it is one, in words too",
          "[json_encoder]") {
  auto x = encoded(fallback_answer());
  CHECK(x["source"] == "fallback");
  CHECK(x["cause"] == "breaker_open");
  CHECK(x["breaker"] == "open");
  CHECK(x["llm"].is_null());
  // The factor with points and the one that is not there; the others add 0.
  REQUIRE(x["reasons"].size() == 2);
  CHECK_THAT(x["reasons"][0].get<std::string>(), Catch::Contains("RSI"));
  CHECK_THAT(x["reasons"][1].get<std::string>(), Catch::Contains("Volatility"));
}

TEST_CASE("an answer out of the cache keeps the model's reasoning",
          "[json_encoder]") {
  auto answer = llm_answer();
  answer.source = core::answer_source::llm_cached;
  auto x = encoded(answer);
  CHECK(x["source"] == "llm_cached");
  CHECK(x["reasons"] == json::array({"calm"}));
}

TEST_CASE("a model that gave no reason is not given one", "[json_encoder]") {
  auto answer = llm_answer();
  auto report = *answer.llm;
  report.reasoning.clear();
  answer.llm = std::make_shared<core::llm_report>(report);
  CHECK(encoded(answer)["reasons"] == json::array());
}

TEST_CASE("factors keep their names and an absent value is null",
          "[json_encoder]") {
  auto factors = encoded(fallback_answer())["factors"];
  CHECK(
    keys(factors)
    == std::vector<std::string>{"rsi", "volatility", "trend", "price_action"});
  CHECK(factors["rsi"]
        == json({{"value", 71.2},
                 {"points", 20},
                 {"weight", 0.30},
                 {"available", true}}));
  CHECK(factors["volatility"]["value"].is_null());
  CHECK(factors["volatility"]["available"] == false);
  CHECK(factors["trend"]["value"] == 0);
}

TEST_CASE("a score that is no number is null, not zero", "[json_encoder]") {
  auto answer = fallback_answer();
  answer.score = std::numeric_limits<double>::quiet_NaN();
  answer.confidence = std::numeric_limits<double>::infinity();
  answer.fallback.factors[0].value = std::nan("");
  auto x = encoded(answer);
  CHECK(x["score"].is_null());
  CHECK(x["confidence"].is_null());
  CHECK(x["factors"]["rsi"]["value"].is_null());
}

TEST_CASE("a model's text and name can hold any bytes", "[json_encoder]") {
  auto answer = llm_answer();
  auto report = *answer.llm;
  report.reasoning = std::string{"\x1b[31m\"red\"\0\n\xFF</script>", 21};
  report.model = "m\xC0\x80";
  answer.llm = std::make_shared<core::llm_report>(report);
  std::string text{transport::make_json_encoder("b")->assessment(answer, 1)};
  CHECK(text.find('\x1b') == std::string::npos);
  CHECK(text.find('\n') == std::string::npos);
  auto reason = json::parse(text)["reasons"][0].get<std::string>();
  CHECK_THAT(reason, Catch::Contains("\"red\""));
  CHECK_THAT(reason, Catch::Contains("\xEF\xBF\xBD"));
}

TEST_CASE("a pair goes out byte for byte", "[json_encoder]") {
  // https://github.com/freqtrade/freqtrade/issues/12868
  for (auto pair : {"币安人生/USDT:USDT", "1000SHIB/USDT:USDT", "BTC-PERP"}) {
    auto answer = fallback_answer();
    answer.series = std::make_shared<core::series_key>(
      core::series_key{pair, *core::timeframe::parse("1M")});
    std::string text{transport::make_json_encoder("b")->assessment(answer, 1)};
    CHECK_THAT(text, Catch::Contains('"' + std::string{pair} + '"'));
    CHECK(json::parse(text)["timeframe"] == "1M");
  }
}

TEST_CASE("boot ids are short, safe in a topic and never the same",
          "[json_encoder]") {
  std::set<std::string> ids;
  for (int i = 0; i < 50; ++i)
    ids.insert(transport::make_boot_id(at(1'700'000'000'000)));
  CHECK(ids.size() == 50);
  for (const auto& id : ids) {
    CHECK(id.size() <= 24);
    CHECK(id.find_first_not_of("0123456789abcdef-") == std::string::npos);
  }
}
