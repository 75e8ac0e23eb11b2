#include "config/keys.hpp"
#include "config/print.hpp"
#include "config/schema.hpp"
#include "config/text.hpp"
#include "folders.hpp"
#include "tests/config/support.hpp"

using namespace riskbreaker;
using namespace riskbreaker::tests;

namespace {

std::string content(const std::string& path) {
  std::ifstream in{path, std::ios::binary};
  REQUIRE(in);
  return {std::istreambuf_iterator<char>{in}, {}};
}

// Every default replaced, where that can be done.
constexpr auto unusual = R"({
  "transport": {"candles": {"bind": "ipc://c"}, "control": {"bind": "ipc://d"},
    "results": {"bind": "tcp://*:1", "encoding": "msgpack"},
    "allow_insecure": true},
  "http": {"bind": null, "token_env": "T"},
  "journal": {"path": null, "keep_days": null, "assessments": "none"},
  "stats": {"interval": 0.125},
  "limits": {"max_clock_skew": 0, "max_gap_fill": 0, "max_series": 1,
    "window": 501, "max_frame": 2048},
  "llm": {"proxy": "http://p:1", "no_proxy": ["h"],
    "ca_file": ")" TESTS_DIR R"(/data/ca.pem",
    "endpoints": {"z": {"url": "https://h/v1/", "model": "ü", "api_key_env": "K",
        "requests_per_minute": null, "usd_per_day": 0.1,
        "usd_per_million_tokens": {"prompt": 0.3}},
      "a": {"url": "http://127.0.0.1:1", "model": "m", "api_key_file": "f",
        "headers": ["X-Title: t"]}}},
  "defaults": {"llm": {"max_retries": 0}, "gate": {"min_confidence": 0.3}},
  "strategies": {"one": {"pairs": ["币安/*"], "timeframes": ["1M", "1h"],
      "assess": {"max_candle_age": null, "provisional": false},
      "fallback": {"side": "short", "rsi": {"weight": 0.1},
        "trend": {"weight": 0.45}}},
    "two": {"llm": {"endpoints": []}}}
})";

const environment unusual_env{{"K", "s3cret-key"}, {"T", "s3cret-token"}};

// A file has a key if the path of objects leads to it.
void check_holds(const nlohmann::json& file, const config::key_node& keys) {
  for (const auto& x : keys.children) {
    CAPTURE(x.name);
    REQUIRE(file.contains(x.name));
    // A section may be switched off; its comment shows its keys then.
    if (x.what == config::key_node::kind::section && x.name != "defaults"
        && !file[x.name].is_null())
      check_holds(file[x.name], x);
  }
}

} // namespace

TEST_CASE("the effective configuration reads back to the same", "[print]") {
  auto x = good(unusual, unusual_env);
  auto text = config::print_effective(x);
  CHECK(good(text, unusual_env) == x);
  CHECK(config::print_effective(good(text, unusual_env)) == text);
}

TEST_CASE("settings differ as soon as one value does", "[print]") {
  auto x = good(unusual, unusual_env);
  auto y = x;
  CHECK(x == y);
  y.limits.window += 1;
  CHECK_FALSE(x == y);
  auto z = good(unusual, {{"K", "other"}, {"T", "s3cret-token"}});
  CHECK_FALSE(x == z);
}

TEST_CASE("secrets are never printed, only where they are", "[print]") {
  auto text = config::print_effective(good(unusual, unusual_env));
  CHECK_THAT(text, !Contains("s3cret"));
  CHECK_THAT(text, Contains(R"("api_key_env": "K")"));
  CHECK_THAT(text, Contains(R"("token_env": "T")"));
  auto direct
    = config::print_effective(good(R"({"http": {"token": "s3cret"}})"));
  CHECK_THAT(direct,
             !Contains("s3cret") && Contains("\"token\": \"********\""));
}

TEST_CASE("the mask of a token is not taken for a token", "[print]") {
  CHECK_THAT(error_of(R"({"http": {"token": "********"}})"),
             Contains("is the mask that stands for a token"));
}

TEST_CASE("numbers are printed as people write them", "[print]") {
  auto text = config::print_effective(good(unusual, unusual_env));
  CHECK_THAT(text, Contains("\"interval\": 0.125"));
  CHECK_THAT(text, Contains("\"recovery_timeout\": 300,"));
  CHECK_THAT(text, Contains("\"usd_per_day\": 0.1,"));
}

// -- the file that ships
// -----------------------------------------------------------

TEST_CASE("the default file is good, and asks for its key", "[print]") {
  auto result = config::load({default_file()}, {});
  for (const auto& x : result.errors)
    UNSCOPED_INFO(format(x));
  REQUIRE(result.value);
  REQUIRE(result.warnings.size() == 3); // the key, and each strategy
  CHECK_THAT(result.warnings[0].message, Contains("NANO_GPT_API_KEY"));
  CHECK(config::load({default_file()}, {{"NANO_GPT_API_KEY", "k"}})
          .warnings.empty());
}

TEST_CASE("the default file says what the defaults are", "[print]") {
  auto result = config::load({default_file()}, {{"NANO_GPT_API_KEY", "k"}});
  REQUIRE(result.value);
  const auto& x = *result.value;
  settings d;
  CHECK(x.transport == d.transport);
  CHECK(x.http == d.http);
  CHECK(x.journal == d.journal);
  CHECK(x.stats == d.stats);
  CHECK(x.limits == d.limits);
  CHECK(x.llm == d.llm);

  auto e = *x.strategies.endpoints.at("nano-gpt");
  e.name = e.url = e.model = e.api_key = "";
  CHECK(e == core::endpoint{});

  REQUIRE(x.strategies.strategies.size() == 2);
  auto s = config::default_strategy("ichimoku_llm_risk");
  s.endpoints = {"nano-gpt"};
  CHECK(*x.strategies.strategies[1] == s);
  s.name = "bb_meanreversion_llm";
  s.scoring.profile = core::scoring_profile::bb_meanreversion;
  CHECK(*x.strategies.strategies[0] == s);
}

TEST_CASE("the default file shows every key there is", "[print]") {
  auto file
    = nlohmann::json::parse(config::blank_extras(content(default_file())).text);
  const auto& keys = config::known_keys();
  check_holds(file, keys);
  for (const auto& x : keys.children) {
    if (x.name == "strategies")
      check_holds(file["strategies"]["ichimoku_llm_risk"], x);
    if (x.name == "llm")
      check_holds(file["llm"]["endpoints"]["nano-gpt"], x.children.back());
  }
}

TEST_CASE("the schema that ships is the one the loader follows", "[print]") {
  CHECK(content(TESTS_DIR "/../config/riskbreaker.schema.json")
        == config::make_schema());
}

TEST_CASE("the schema knows bounds, choices and what is required", "[print]") {
  auto x = nlohmann::json::parse(config::make_schema());
  const auto& strategy
    = x["properties"]["strategies"]["additionalProperties"]["properties"];
  const auto& breaker = strategy["breaker"]["properties"];
  CHECK(breaker["failure_threshold"]["minimum"] == 1);
  CHECK(breaker["failure_threshold"]["type"] == "integer");
  CHECK(breaker["recovery_jitter"]["exclusiveMaximum"] == 1);
  CHECK(breaker["recovery_timeout"]["default"] == 300);
  CHECK(strategy["timeframes"]["items"]["enum"].size() == 15);
  const auto& endpoint
    = x["properties"]["llm"]["properties"]["endpoints"]["additionalProperties"];
  CHECK(endpoint["required"] == nlohmann::json{"url", "model"});
  CHECK(endpoint["additionalProperties"] == false);
  CHECK(endpoint["properties"]["usd_per_day"]["type"]
        == nlohmann::json{"number", "null"});
}
