#include "tests/config/support.hpp"

using namespace riskbreaker::tests;

namespace {

struct number_case {
  std::string pointer;
  std::string low;      // the least that is taken
  std::string too_low;  // and what is not
  std::string high;     // the most that is taken
  std::string too_high; // and what is not
};

const std::string s = "/strategies/s";
const std::string e = "/llm/endpoints/e";
const std::string year = "31536000";
const std::string over_year = "31536000.1";

const number_case settings_cases[] = {
  {"/journal/keep_days", "1", "0", "36500", "36501"},
  {"/stats/interval", "0.001", "0", year, over_year},
  {"/limits/max_clock_skew", "0", "-0.001", year, over_year},
  {"/limits/max_gap_fill", "0", "-1", "100000", "100001"},
  {"/limits/max_series", "1", "0", "1000000", "1000001"},
  {"/limits/window", "500", "499", "100000", "100001"},
  {"/limits/max_frame", "1024", "1023", "1073741824", "1073741825"},
};

const number_case endpoint_cases[] = {
  {e + "/max_in_flight", "1", "0", "100000", "100001"},
  {e + "/requests_per_minute", "1", "0.99", "1e15", "1.1e15"},
  {e + "/tokens_per_minute", "1", "0", "1e15", "1.1e15"},
  {e + "/calls_per_day", "0", "-1", "1e15", "1.1e15"},
  {e + "/usd_per_day", "0", "-0.01", "1e15", "1.1e15"},
  {e + "/usd_per_million_tokens/prompt", "0", "-0.1", "1e6", "1000001"},
  {e + "/usd_per_million_tokens/completion", "0", "-0.1", "1e6", "1000001"},
};

const number_case strategy_cases[] = {
  {s + "/llm/api_timeout", "0.001", "0", year, over_year},
  {s + "/llm/max_retries", "0", "-1", "10", "11"},
  {s + "/llm/backoff_factor", "1", "0.999", "100", "100.1"},
  {s + "/llm/call_deadline", "0.001", "0.0004", year, over_year},
  {s + "/llm/backoff_base", "0", "-1", year, over_year},
  {s + "/llm/min_attempt", "0", "-1", year, over_year},
  {s + "/llm/min_interval", "0", "-1", year, over_year},
  {s + "/llm/batch/max_pairs", "1", "0", "100", "101"},
  {s + "/llm/batch/window_ms", "0", "-1", "60000", "60001"},
  {s + "/breaker/failure_threshold", "1", "0", "1000000", "1000001"},
  {s + "/breaker/recovery_timeout", "0.001", "0", "1800", over_year},
  {s + "/breaker/recovery_backoff", "1", "0.999", "100", "100.1"},
  {s + "/breaker/recovery_timeout_max", "300", "0", year, over_year},
  {s + "/breaker/recovery_jitter", "0", "-0.1", "0.999", "1"},
  {s + "/breaker/half_open_probes", "1", "0", "1000", "1001"},
  {s + "/breaker/half_open_successes", "1", "0", "1000", "1001"},
  {s + "/fallback/max_confidence", "0", "-0.1", "1", "1.1"},
  {s + "/fallback/rsi/high", "30.1", "-0.1", "100", "100.1"},
  {s + "/fallback/rsi/low", "0", "-0.1", "69.9", "100.1"},
  {s + "/fallback/rsi/points_high", "-100", "-100.1", "100", "100.1"},
  {s + "/fallback/rsi/points_low", "-100", "-100.1", "100", "100.1"},
  {s + "/fallback/volatility/high", "0.6", "-0.1", "1e6", "1000001"},
  {s + "/fallback/volatility/low", "0", "-0.1", "1.4", "1000001"},
  {s + "/fallback/volatility/points_high", "-100", "-100.1", "100", "100.1"},
  {s + "/fallback/volatility/points_low", "-100", "-100.1", "100", "100.1"},
  {s + "/fallback/trend/points_bearish", "-100", "-100.1", "100", "100.1"},
  {s + "/fallback/trend/points_bullish", "-100", "-100.1", "100", "100.1"},
  {s + "/fallback/price_action/sigmas", "0.1", "0", "1e6", "1000001"},
  {s + "/fallback/price_action/points", "-100", "-100.1", "100", "100.1"},
  {s + "/assess/grace", "0", "-0.1", year, over_year},
  {s + "/assess/max_candle_age", "0.1", "0", "1e9", "1000000001"},
  {s + "/gate/min_confidence", "0", "-0.1", "1", "1.1"},
  {s + "/gate/max_risk_score", "0", "-0.1", "100", "100.1"},
};

// Puts the value into a configuration that is good but for it.
std::string text_of(const std::string& pointer, const std::string& value) {
  auto text = nlohmann::json::parse(text_with(pointer, value));
  if (text.contains("llm")) {
    text["llm"]["endpoints"]["e"]["url"] = "https://h/v1";
    text["llm"]["endpoints"]["e"]["model"] = "m";
  }
  return text.dump();
}

void check(const number_case& x) {
  CAPTURE(x.pointer);
  good(text_of(x.pointer, x.low));
  good(text_of(x.pointer, x.high));
  for (const auto& bad : {x.too_low, x.too_high}) {
    CAPTURE(bad);
    auto error = error_of(text_of(x.pointer, bad));
    CHECK_THAT(error, Contains(x.pointer + ": must be "));
    CHECK_THAT(error, Contains(", is "));
  }
}

} // namespace

TEST_CASE("every number has a least and a most", "[range]") {
  for (const auto& x : settings_cases)
    check(x);
  for (const auto& x : endpoint_cases)
    check(x);
  for (const auto& x : strategy_cases)
    check(x);
}

TEST_CASE("0 is 0 or is refused with a reason, never unset", "[range]") {
  CHECK(strategy_of(R"({"llm": {"max_retries": 0}})").call.max_retries == 0);
  CHECK(endpoint_of(R"("calls_per_day": 0)").limits.calls_per_day == 0U);
  CHECK(endpoint_of(R"("usd_per_day": 0)").limits.usd_per_day == 0.0);
  CHECK(strategy_of(R"({"gate": {"max_risk_score": 0}})").gate.max_risk_score
        == 0);
  CHECK_THAT(
    error_of(strategy_text(R"({"breaker": {"failure_threshold": 0}})")),
    Contains("1 opens on the first failure"));
  CHECK_THAT(error_of(endpoint_text(R"("requests_per_minute": 0)")),
             Contains("null means no limit"));
  CHECK_THAT(error_of(strategy_text(R"({"assess": {"max_candle_age": 0}})")),
             Contains("must be greater than 0, is 0")
               && Contains("null means no check"));
}

TEST_CASE("null takes a limit away where one can be done without", "[range]") {
  auto x = endpoint_of(R"("requests_per_minute": null, "calls_per_day": null,
                          "tokens_per_minute": null, "usd_per_day": null)");
  CHECK_FALSE(x.limits.requests_per_minute);
  CHECK_FALSE(x.limits.calls_per_day);
  CHECK_FALSE(strategy_of(R"({"assess": {"max_candle_age": null}})")
                .assess.max_candle_age);
  CHECK_FALSE(good(R"({"journal": {"keep_days": null}})").journal.keep_days);
  CHECK_THAT(error_of(endpoint_text(R"("max_in_flight": null)")),
             Contains("must be a number, is null"));
  CHECK_THAT(error_of(endpoint_text(R"("usd_per_day": "1")")),
             Contains("must be a number or null, is \"1\""));
}

TEST_CASE("durations are seconds and may have fractions", "[range]") {
  auto x = strategy_of(
    R"({"llm": {"api_timeout": 1.5, "batch": {"window_ms": 250}},
        "assess": {"grace": 0.25}})");
  CHECK(x.call.api_timeout == std::chrono::milliseconds{1500});
  CHECK(x.batch.window == std::chrono::milliseconds{250});
  CHECK(x.assess.grace == std::chrono::milliseconds{250});
}

TEST_CASE("whole numbers may be written with a point or exponent", "[range]") {
  CHECK(good(R"({"limits": {"max_series": 2.0}})").limits.max_series == 2);
  CHECK(good(R"({"limits": {"max_series": 1e3}})").limits.max_series == 1000);
}
