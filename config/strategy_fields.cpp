#include "config/checks.hpp"
#include "config/field_makers.hpp"

namespace riskbreaker::config {

namespace {

using core::scoring_profile;
using core::trade_side;

std::vector<std::string> timeframe_names() {
  std::vector<std::string> out;
  const auto& names = core::timeframe::valid_names();
  for (std::size_t i = 0; i < names.size();) {
    auto end = std::min(names.find(", ", i), names.size());
    out.push_back(names.substr(i, end - i));
    i = end + 2;
  }
  return out;
}

void describe_scope(field_visitor& v, core::strategy& x) {
  list_field pairs;
  pairs.key = "pairs";
  pairs.about = "Exact names or shell-style patterns.";
  pairs.example = R"(["*"] or ["BTC/USDT", "*/BTC"])";
  pairs.check = check_pair;
  pairs.get = [&x] {
    return x.pairs;
  };
  pairs.set = [&x](auto all) {
    x.pairs = std::move(all);
  };
  v.list(pairs);
  list_field frames;
  frames.key = "timeframes";
  frames.about = "ccxt's names; case matters.";
  frames.example = R"(["5m"])";
  frames.choices = timeframe_names();
  frames.get = [&x] {
    std::vector<std::string> out;
    for (auto t : x.timeframes)
      out.emplace_back(t.name());
    return out;
  };
  frames.set = [&x](const auto& all) {
    x.timeframes.clear();
    for (const auto& name : all)
      if (auto t = core::timeframe::parse(name))
        x.timeframes.push_back(*t);
  };
  v.list(frames);
}

void describe_llm(field_visitor& v, core::strategy& x) {
  auto& call = x.call;
  v.enter("llm", "How the LLM is asked.");
  list_field endpoints;
  endpoints.key = "endpoints";
  endpoints.about = "Names, in the order of trial; not there: all that are "
                    "configured, in the file's order; []: no LLM.";
  endpoints.may_be_empty = true;
  endpoints.example = R"(["nano-gpt"], or [] for no LLM)";
  endpoints.get = [&x] {
    return x.endpoints;
  };
  endpoints.set = [&x](auto all) {
    x.endpoints = std::move(all);
  };
  v.list(endpoints);
  v.number(seconds("api_timeout", "One attempt.", call.api_timeout,
                   above(0, max_seconds, "no answer comes in no time")));
  v.number(count("max_retries", "Attempts beyond the first.", call.max_retries,
                 between(0, 10,
                         "endless retries are what the breaker is "
                         "there to end")));
  v.number(real("backoff_factor", "Each wait is this much longer.",
                call.backoff_factor,
                between(1, 100, "waits must not get shorter")));
  v.number(seconds("call_deadline",
                   "Attempts and waits together; never more than a quarter of "
                   "the timeframe.",
                   call.call_deadline,
                   above(0, max_seconds, "no answer comes in no time")));
  v.number(seconds("backoff_base", "The wait before the first retry.",
                   call.backoff_base, between(0, max_seconds)));
  v.number(seconds("min_attempt", "With less time left there is no retry.",
                   call.min_attempt, between(0, max_seconds)));
  v.number(seconds("min_interval",
                   "A still valid answer is used again this long; 0: never.",
                   x.min_interval, between(0, max_seconds)));
  v.text(private_words("prompt_file",
                       "A template of your own for the prompt; the path starts "
                       "at the folder of the file that names it; null: the "
                       "prompt that ships.",
                       x.prompt_file, check_words));
  v.enter("batch", "Pairs of one candle time that share one call.");
  v.number(count("max_pairs", "1: every pair has its own call.",
                 x.batch.max_pairs,
                 between(1, 100, "1 means that no pairs share a call")));
  v.number(milliseconds("window_ms", "How long a call waits for more pairs.",
                        x.batch.window, between(0, 60'000)));
  v.leave();
  v.leave();
}

void describe_breaker(field_visitor& v, core::breaker_config& x) {
  v.enter("breaker", "When the LLM is left alone, and for how long.");
  v.number(count("failure_threshold", "Failed calls in a row that open it.",
                 x.failure_threshold,
                 between(1, 1'000'000,
                         "1 opens on the first failure; an LLM is switched "
                         "off by \"endpoints\": []")));
  v.number(seconds("recovery_timeout", "From open to the first probe.",
                   x.recovery_timeout,
                   above(0, max_seconds, "a broken LLM must be left alone")));
  v.number(real("recovery_backoff", "Each reopening lasts this much longer.",
                x.recovery_backoff,
                between(1, 100, "1 keeps the open time the same")));
  v.number(seconds("recovery_timeout_max", "And never longer than this.",
                   x.recovery_timeout_max, above(0, max_seconds)));
  v.number(real(
    "recovery_jitter", "The open time is varied by this share, up and down.",
    x.recovery_jitter, {0, 1, false, true, "with 1 the open time could be 0"}));
  v.number(count("half_open_probes", "Probes in flight at once.",
                 x.half_open_probes,
                 between(1, 1000, "without a probe it never closes")));
  v.number(count("half_open_successes", "Good probes in a row that close it.",
                 x.half_open_successes,
                 between(1, 1000, "without a success it must not close")));
  v.flag("count_malformed", "Whether unreadable answers are failures.",
         x.count_malformed);
  v.leave();
}

range points() {
  return between(-100, 100, "a score goes from 0 to 100");
}

range weight() {
  return between(0, 1, "the four weights must sum to 1");
}

void describe_factors(field_visitor& v, core::scoring_config& x) {
  v.enter("rsi", "RSI 14.");
  v.number(real("weight", "Share of the confidence.", x.rsi.weight, weight()));
  v.number(
    real("high", "Overbought from here on.", x.rsi.high, between(0, 100)));
  v.number(real("low", "Oversold down from here.", x.rsi.low, between(0, 100)));
  v.number(
    real("points_high", "Added when overbought.", x.rsi.points_high, points()));
  v.number(
    real("points_low", "Added when oversold.", x.rsi.points_low, points()));
  v.leave();
  v.enter("volatility", "Realised volatility ÷ its median.");
  v.number(
    real("weight", "Share of the confidence.", x.volatility.weight, weight()));
  v.number(real("high", "Wild above.", x.volatility.high, between(0, 1e6)));
  v.number(real("low", "Calm below.", x.volatility.low, between(0, 1e6)));
  v.number(real("points_high", "Added when wild.", x.volatility.points_high,
                points()));
  v.number(
    real("points_low", "Added when calm.", x.volatility.points_low, points()));
  v.leave();
  v.enter("trend", "Against the cloud (ichimoku) or the bands.");
  v.number(
    real("weight", "Share of the confidence.", x.trend.weight, weight()));
  v.number(real("points_bearish", "Added when the trend speaks against.",
                x.trend.points_bearish, points()));
  v.number(real("points_bullish", "Added when it speaks for.",
                x.trend.points_bullish, points()));
  v.leave();
  v.enter("price_action", "Jumps and broken supports or resistances.");
  v.number(real("weight", "Share of the confidence.", x.price_action.weight,
                weight()));
  v.number(real("sigmas", "A larger return than this is a jump.",
                x.price_action.sigmas, above(0, 1e6)));
  v.number(real("points", "Added on a jump or break.", x.price_action.points,
                points()));
  v.leave();
}

} // namespace

void describe(field_visitor& v, core::strategy& x) {
  describe_scope(v, x);
  describe_llm(v, x);
  describe_breaker(v, x.breaker);
  v.enter("fallback", "The score by technical analysis.");
  v.text(choice<scoring_profile>(
    "profile", "What the trend factor looks at.", x.scoring.profile,
    {{"ichimoku", scoring_profile::ichimoku},
     {"bb_meanreversion", scoring_profile::bb_meanreversion}}));
  v.text(choice<trade_side>(
    "side", "short mirrors rsi and trend.", x.scoring.side,
    {{"long", trade_side::long_side}, {"short", trade_side::short_side}}));
  v.number(real("max_confidence", "With all factors there.",
                x.scoring.max_confidence, between(0, 1)));
  describe_factors(v, x.scoring);
  v.leave();
  v.enter("assess", "What an assessment is.");
  v.flag("provisional",
         "Publish the fallback's score at once while the LLM thinks.",
         x.assess.provisional);
  v.number(seconds("grace", "Added to the close of the next candle.",
                   x.assess.grace, between(0, max_seconds)));
  v.number(real("max_candle_age",
                "In timeframes; older candles cost no LLM call; null: no "
                "check.",
                x.assess.max_candle_age,
                above(0, 1e9,
                      "every candle is a little old; null means no "
                      "check")));
  v.leave();
  v.enter("gate", "From a score to allow or block.");
  v.number(real("min_confidence", "Below it nothing is allowed.",
                x.gate.min_confidence, between(0, 1)));
  v.number(real("max_risk_score", "Above it nothing is allowed.",
                x.gate.max_risk_score, between(0, 100)));
  v.leave();
}

} // namespace riskbreaker::config
