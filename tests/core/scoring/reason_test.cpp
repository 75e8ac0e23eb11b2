#include "tests/core/scoring/views.hpp"
#include "tests/support/catch.hpp"

using namespace riskbreaker::core;
using namespace riskbreaker::tests;

namespace {

std::string reason(const market_view& market, factor_kind kind,
                   const scoring_config& config = {}) {
  std::string result;
  append_reason(result, factor_of(score_market(market, config), kind), config);
  return result;
}

} // namespace

TEST_CASE("a reason says what rsi adds", "[reason]") {
  auto view = calm_view();
  CHECK(reason(view, factor_kind::rsi) == "RSI 50.0 is neutral: 0");
  view.rsi14 = 71.23;
  CHECK(reason(view, factor_kind::rsi) == "RSI 71.2 is overbought: +20");
  view.rsi14 = 28;
  CHECK(reason(view, factor_kind::rsi) == "RSI 28.0 is oversold: -10");
  scoring_config config;
  config.side = trade_side::short_side;
  CHECK(reason(view, factor_kind::rsi, config) == "RSI 28.0 is oversold: +20");
  view.rsi14.reset();
  CHECK(reason(view, factor_kind::rsi)
        == "RSI is not available before 15 candles");
  view.rsi_undefined = true;
  CHECK(reason(view, factor_kind::rsi)
        == "RSI is undefined, the price never moved");
}

TEST_CASE("a reason says what volatility adds", "[reason]") {
  auto view = calm_view();
  CHECK(reason(view, factor_kind::volatility)
        == "Volatility 1.00x its median is normal: 0");
  view.rv20 = 0.0182;
  CHECK(reason(view, factor_kind::volatility)
        == "Volatility 1.82x its median is high: +15");
  view.rv20 = 0.004;
  CHECK(reason(view, factor_kind::volatility)
        == "Volatility 0.40x its median is low: -5");
  view.rv20_median = 0;
  CHECK(reason(view, factor_kind::volatility)
        == "Volatility is high after a standstill: +15");
  view.rv20_median.reset();
  CHECK(reason(view, factor_kind::volatility)
        == "Volatility cannot be compared yet");
}

TEST_CASE("a reason says what the trend adds", "[reason]") {
  auto view = calm_view();
  scoring_config config;
  CHECK(reason(view, factor_kind::trend, config)
        == "Price is inside the Ichimoku cloud: 0");
  view.newest.close = 90;
  CHECK(reason(view, factor_kind::trend, config)
        == "Price is below the Ichimoku cloud: +20");
  view.newest.close = 110;
  CHECK(reason(view, factor_kind::trend, config)
        == "Price is above the Ichimoku cloud: -10");
  config.profile = scoring_profile::bb_meanreversion;
  CHECK(reason(view, factor_kind::trend, config)
        == "Price is above the upper Bollinger band: +20");
  view.newest.close = 90;
  CHECK(reason(view, factor_kind::trend, config)
        == "Price is below the lower Bollinger band: -10");
}

TEST_CASE("a reason says what price action adds", "[reason]") {
  auto view = calm_view();
  CHECK(reason(view, factor_kind::price_action)
        == "Price moved 0.0 sigma, nothing unusual: 0");
  view.newest.close = 95;
  CHECK(reason(view, factor_kind::price_action)
        == "Price moved -5.1 sigma, a large move: +10");
  view.newest.close = 101;
  view.resistance = 100.5;
  CHECK(reason(view, factor_kind::price_action)
        == "Price moved 1.0 sigma and left its 20-candle range: +10");
  view.rv20_previous = 0;
  CHECK(reason(view, factor_kind::price_action)
        == "Price moved after a standstill: +10");
  view.rv20_previous.reset();
  CHECK(reason(view, factor_kind::price_action)
        == "Price action is not available before 22 candles");
}

TEST_CASE("a reason is appended, and huge numbers stay short", "[reason]") {
  std::string text = "first; ";
  factor x{factor_kind::price_action, 1e300, 1e-7, 0.2, true};
  append_reason(text, x, {});
  CHECK_THAT(text, Catch::StartsWith("first; Price moved 1e+300 sigma"));
  CHECK_THAT(text, Catch::EndsWith(": +1e-07"));
  text.clear();
  x.value = -0.04;
  append_reason(text, x, {});
  CHECK_THAT(text, Catch::StartsWith("Price moved 0.0 sigma"));
  text.clear();
  x.value = -0.06;
  append_reason(text, x, {});
  CHECK_THAT(text, Catch::StartsWith("Price moved -0.1 sigma"));
  text.clear();
  x.points = -0.0;
  append_reason(text, x, {});
  CHECK_THAT(text, Catch::EndsWith(": 0"));
}
