#include "tests/config/support.hpp"

using namespace riskbreaker;
using namespace riskbreaker::tests;

namespace {

constexpr auto two_endpoints = R"({
  "llm": {"endpoints": {"zeta": {"url": "http://127.0.0.1:1/v1", "model": "m"},
                        "alpha": {"url": "http://127.0.0.1:2/v1", "model": "m"}}},
  "strategies": {"s": )";

auto with_endpoints(const std::string& body) {
  return two_endpoints + body + "}}";
}

auto endpoints(const std::string& body) {
  return good(with_endpoints(body)).strategies.strategies.at(0)->endpoints;
}

} // namespace

TEST_CASE("a strategy that says nothing has the defaults", "[strategy]") {
  CHECK(strategy_of("{}") == config::default_strategy("s"));
}

TEST_CASE("every key of a strategy lands in its place", "[strategy]") {
  auto x = strategy_of(R"({
    "pairs": ["A/B"], "timeframes": ["1M", "1m"],
    "llm": {"endpoints": [], "api_timeout": 1, "max_retries": 3,
      "backoff_factor": 4, "call_deadline": 5, "backoff_base": 6,
      "min_attempt": 7, "min_interval": 8,
      "batch": {"max_pairs": 9, "window_ms": 10}},
    "breaker": {"failure_threshold": 11, "recovery_timeout": 12,
      "recovery_backoff": 13, "recovery_timeout_max": 14,
      "recovery_jitter": 0.15, "half_open_probes": 16,
      "half_open_successes": 17, "count_malformed": false},
    "fallback": {"profile": "bb_meanreversion", "side": "short",
      "max_confidence": 0.6,
      "rsi": {"weight": 0.1, "high": 80, "low": 20, "points_high": 1,
        "points_low": -2},
      "volatility": {"weight": 0.2, "high": 3, "low": 0.25, "points_high": 4,
        "points_low": -5},
      "trend": {"weight": 0.3, "points_bearish": 6, "points_bullish": -7},
      "price_action": {"weight": 0.4, "sigmas": 8, "points": 9}},
    "assess": {"provisional": false, "grace": 1, "max_candle_age": 3.5},
    "gate": {"min_confidence": 0.1, "max_risk_score": 42}})");
  using std::chrono::seconds;
  core::strategy y;
  y.name = "s";
  y.pairs = {"A/B"};
  y.timeframes = {*core::timeframe::parse("1M"), *core::timeframe::parse("1m")};
  y.call = {seconds{1}, 3, 4, seconds{6}, seconds{5}, seconds{7}};
  y.min_interval = seconds{8};
  y.batch = {9, core::milliseconds{10}};
  y.breaker = {11, seconds{12}, 13, seconds{14}, 0.15, 16, 17, false};
  y.scoring.profile = core::scoring_profile::bb_meanreversion;
  y.scoring.side = core::trade_side::short_side;
  y.scoring.max_confidence = 0.6;
  y.scoring.rsi = {0.1, 80, 20, 1, -2};
  y.scoring.volatility = {0.2, 3, 0.25, 4, -5};
  y.scoring.trend = {0.3, 6, -7};
  y.scoring.price_action = {0.4, 8, 9};
  y.assess = {false, seconds{1}, 3.5};
  y.gate = {0.1, 42};
  CHECK(x == y);
}

TEST_CASE("strategies are kept in the order of their names", "[strategy]") {
  auto x = good(R"({"strategies": {"b": {}, "a": {}, "B": {}}})");
  const auto& all = x.strategies.strategies;
  CHECK(all[0]->name == "B");
  CHECK(all[1]->name == "a");
  CHECK(all[2]->name == "b");
}

TEST_CASE("a strategy that names no endpoints has all, in file order",
          "[strategy]") {
  using names = std::vector<std::string>;
  CHECK(endpoints("{}") == names{"zeta", "alpha"});
  CHECK(endpoints(R"({"llm": {"endpoints": ["alpha"]}})") == names{"alpha"});
  CHECK(endpoints(R"({"llm": {"endpoints": []}})").empty());
}

TEST_CASE("an LLM that was switched off is not warned about", "[strategy]") {
  CHECK(warnings_of(with_endpoints(R"({"llm": {"endpoints": []}})")).empty());
}

TEST_CASE("endpoints that are named must be there", "[strategy]") {
  CHECK_THAT(error_of(with_endpoints(R"({"llm": {"endpoints": ["alpah"]}})")),
             Contains("/strategies/s/llm/endpoints/0: no endpoint is called "
                      "\"alpah\"; did you mean \"alpha\"? There are: alpha, "
                      "zeta"));
  CHECK_THAT(error_of(strategy_text(R"({"llm": {"endpoints": ["x"]}})")),
             Contains("llm.endpoints has none"));
  CHECK(load_text(with_endpoints(R"({"llm": {"endpoints": ["x", "y"]},
                                     "gate": {"max_risk_score": -1}})"))
          .errors.size()
        == 3);
}

TEST_CASE("names are 1 to 64 of letters, digits, _ and -", "[strategy]") {
  auto with_name = [](const std::string& name) {
    return R"({"strategies": {")" + name + R"(": {}}})";
  };
  good(with_name("a"));
  good(with_name(std::string(64, 'Z')));
  good(with_name("a-B_9"));
  for (auto bad : {std::string{}, std::string(65, 'a'), std::string{"a b"},
                   std::string{"a.b"}, std::string{"ä"}, std::string{"a/b"}}) {
    CAPTURE(bad);
    CHECK_THAT(error_of(with_name(bad)), Contains("the name \""));
  }
  CHECK_THAT(error_of(R"({"llm": {"endpoints": {"a b": {}}}})"),
             Contains("may only hold A-Z a-z 0-9 _ -"));
}

TEST_CASE("timeframes are ccxt's, and the others are told", "[strategy]") {
  CHECK(strategy_of(R"({"timeframes": ["1m", "1M", "1d"]})").timeframes.size()
        == 3);
  for (auto bad : {"7m", "5M", "1H", "", "60"}) {
    CAPTURE(bad);
    CHECK_THAT(error_of(strategy_text(R"({"timeframes": [")" + std::string{bad}
                                      + "\"]}")),
               Contains("must be one of 1m, 3m, 5m, 15m, 30m, 1h, 2h, 4h, 6h, "
                        "8h, 12h, 1d, 3d, 1w, 1M, is "));
  }
}

TEST_CASE("a list is not empty and names nothing twice", "[strategy]") {
  CHECK_THAT(error_of(strategy_text(R"({"timeframes": []})")),
             Contains("must not be empty"));
  CHECK_THAT(error_of(strategy_text(R"({"pairs": []})")),
             Contains("must not be empty; write [\"*\"]"));
  CHECK_THAT(error_of(strategy_text(R"({"pairs": ["a", "b", "a"]})")),
             Contains("/strategies/s/pairs/2: ") && Contains("twice"));
  CHECK_THAT(error_of(strategy_text(R"({"pairs": "a"})")),
             Contains("must be a list such as"));
  CHECK_THAT(error_of(strategy_text(R"({"pairs": [1]})")),
             Contains("must be a text, is 1"));
}

TEST_CASE("pairs are what candles can be called, or patterns", "[strategy]") {
  good(strategy_text(R"({"pairs": ["BTC/USDT:USDT", "*/USDT", "币安/USDT",
                                   "[AB]?C/*"]})"));
  good(strategy_text(R"({"pairs": [")" + std::string(64, 'x') + "\"]}"));
  for (auto bad : {std::string{}, std::string{"BTC /USDT"},
                   std::string{"BTC\\n"}, std::string(65, 'x')}) {
    CAPTURE(bad);
    CHECK_THAT(error_of(strategy_text(R"({"pairs": [")" + bad + "\"]}")),
               Contains("/strategies/s/pairs/0: must "));
  }
}

TEST_CASE("profile and side are chosen from what there is", "[strategy]") {
  CHECK_THAT(
    error_of(strategy_text(R"({"fallback": {"profile": "ichimuko"}})")),
    Contains("must be one of ichimoku, bb_meanreversion, is "
             "\"ichimuko\"; did you mean \"ichimoku\"?"));
  CHECK_THAT(error_of(strategy_text(R"({"fallback": {"side": "both"}})")),
             Contains("must be one of long, short"));
}

// -- what single values cannot show
// ----------------------------------------------

TEST_CASE("the longest open time is not under the first", "[strategy]") {
  auto with = [](const std::string& body) {
    return strategy_text(R"({"breaker": {)" + body + "}}");
  };
  good(with(R"("recovery_timeout": 5, "recovery_timeout_max": 5)"));
  CHECK_THAT(error_of(with(R"("recovery_timeout": 5,
                              "recovery_timeout_max": 4.999)")),
             Contains("recovery_timeout_max (4.999) must be at least "
                      "recovery_timeout (5)"));
  // The default is no hiding place.
  CHECK_THAT(
    error_of(with(R"("recovery_timeout": 1801)")),
    Contains("/breaker/recovery_timeout: recovery_timeout_max (1800)"));
}

TEST_CASE("weights sum to 1", "[strategy]") {
  auto with = [](const std::string& rsi) {
    return strategy_text(R"({"fallback": {"rsi": {"weight": )" + rsi + "}}}");
  };
  good(with("0.3000000009"));
  good(with("0.2999999991"));
  for (auto bad : {"0.30000001", "0.29999999", "0", "1"})
    CHECK_THAT(error_of(with(bad)),
               Contains("/fallback/rsi/weight: the weights of rsi")
                 && Contains("must sum to 1, sum to "));
  good(strategy_text(R"({"fallback": {"rsi": {"weight": 0},
    "volatility": {"weight": 0}, "trend": {"weight": 0},
    "price_action": {"weight": 1}}})"));
  CHECK_THAT(error_of(with("1.1")), Contains("must be at most 1, is 1.1"));
}

TEST_CASE("low thresholds lie below high ones", "[strategy]") {
  CHECK_THAT(
    error_of(strategy_text(R"({"fallback": {"rsi": {"low": 70}}})")),
    Contains("/fallback/rsi/low: low (70) must be less than high (70)"));
  CHECK_THAT(
    error_of(strategy_text(R"({"fallback": {"volatility": {"high": 0.5}}})")),
    Contains("/fallback/volatility/high: low (0.5) must be less than high"));
}

TEST_CASE("a gate that the fallback can never pass is warned about",
          "[strategy]") {
  CHECK_THAT(
    warnings_of(strategy_text(R"({"gate": {"min_confidence": 0.71}})")),
    Contains("every answer of the fallback will block"));
  CHECK_THAT(warnings_of(strategy_text(R"({"gate": {"min_confidence": 0.7}})")),
             !Contains("will block"));
}
