#include "core/scoring/score.hpp"
#include "tests/core/scoring/views.hpp"
#include "tests/support/catch.hpp"

using namespace riskbreaker::core;
using namespace riskbreaker::tests;

namespace {

double below(double x) {
  return std::nextafter(x, -1e300);
}

double above(double x) {
  return std::nextafter(x, 1e300);
}

// The next price that is more than a rounding error away.
double under(double x) {
  return x * (1 - 1.1e-14);
}

double over(double x) {
  return x * (1 + 1.1e-14);
}

scoring_config config_of(scoring_profile profile, trade_side side) {
  scoring_config result;
  result.profile = profile;
  result.side = side;
  return result;
}

constexpr auto ichimoku = scoring_profile::ichimoku;
constexpr auto bands = scoring_profile::bb_meanreversion;
constexpr auto buy = trade_side::long_side;
constexpr auto sell = trade_side::short_side;

} // namespace

TEST_CASE("a calm market scores 50 with all the confidence there is",
          "[score]") {
  auto x = score_market(calm_view(), {});
  CHECK(x.score == 50);
  CHECK(near(x.confidence, 0.7));
  double weights = 0;
  for (std::size_t i = 0; i < factor_count; ++i) {
    CHECK(x.factors[i].kind == static_cast<factor_kind>(i));
    CHECK(x.factors[i].available);
    CHECK(x.factors[i].points == 0);
    CHECK(x.factors[i].value.has_value());
    weights += x.factors[i].weight;
  }
  CHECK(near(weights, 1));
}

TEST_CASE("an unknown market scores 50 without confidence", "[score]") {
  auto x = score_market({}, {});
  CHECK(x.score == 50);
  CHECK(x.confidence == 0);
  for (auto& factor : x.factors) {
    CHECK_FALSE(factor.available);
    CHECK_FALSE(factor.value);
    CHECK(factor.points == 0);
  }
}

TEST_CASE("rsi has points from 70 up and from 30 down", "[score]") {
  auto view = calm_view();
  auto points = [&view](double rsi, trade_side side) {
    view.rsi14 = rsi;
    return points_of(view, config_of(ichimoku, side), factor_kind::rsi);
  };
  CHECK(points(below(70), buy) == 0);
  CHECK(points(70, buy) == 20);
  CHECK(points(100, buy) == 20);
  CHECK(points(above(30), buy) == 0);
  CHECK(points(30, buy) == -10);
  CHECK(points(0, buy) == -10);
  CHECK(points(below(70), sell) == 0);
  CHECK(points(70, sell) == -10);
  CHECK(points(above(30), sell) == 0);
  CHECK(points(30, sell) == 20);
}

TEST_CASE("an undefined rsi is shown as 50 and counts for nothing", "[score]") {
  auto view = calm_view();
  view.rsi14.reset();
  view.rsi_undefined = true;
  auto x = score_market(view, {});
  auto& rsi = factor_of(x, factor_kind::rsi);
  CHECK_FALSE(rsi.available);
  CHECK(rsi.value == 50.0);
  CHECK(rsi.points == 0);
  CHECK(near(x.confidence, 0.7 * 0.7));
}

TEST_CASE("volatility has points over 1.5 and under 0.5 times its median",
          "[score]") {
  auto view = calm_view();
  view.rv20_median = 1;
  auto side = GENERATE(buy, sell); // the side makes no difference here
  auto points = [&](double rv20) {
    view.rv20 = rv20;
    return points_of(view, config_of(ichimoku, side), factor_kind::volatility);
  };
  CHECK(points(1.5) == 0);
  CHECK(points(above(1.5)) == 15);
  CHECK(points(0.5) == 0);
  CHECK(points(below(0.5)) == -5);
  CHECK(points(0) == -5);
}

TEST_CASE("volatility against a median of none", "[score]") {
  auto view = calm_view();
  view.rv20_median = 0;
  auto rate = [&view] {
    return factor_of(score_market(view, {}), factor_kind::volatility);
  };
  view.rv20 = 5e-324;
  CHECK(rate().available);
  CHECK(rate().points == 15);
  CHECK_FALSE(rate().value);
  view.rv20 = 0;
  CHECK_FALSE(rate().available);
  CHECK(rate().points == 0);
}

TEST_CASE("the trend is where the price stands to the cloud", "[score]") {
  auto view = calm_view();
  if (GENERATE(false, true))
    std::swap(view.senkou_a, view.senkou_b); // the spans cross now and then
  auto rate = [&view](double close, trade_side side) {
    view.newest.close = close;
    return factor_of(score_market(view, config_of(ichimoku, side)),
                     factor_kind::trend);
  };
  CHECK(rate(98, buy).points == 0);
  CHECK(rate(under(98), buy).points == 20);
  CHECK(rate(102, buy).points == 0);
  CHECK(rate(over(102), buy).points == -10);
  CHECK(rate(under(98), sell).points == -10);
  CHECK(rate(over(102), sell).points == 20);
  CHECK(rate(97, buy).value == -1.0);
  CHECK(rate(100, buy).value == 0.0);
  CHECK(rate(103, buy).value == 1.0);
}

TEST_CASE("mean reversion looks at the bands instead of the cloud", "[score]") {
  auto view = calm_view();
  view.senkou_a.reset();
  auto rate = [&view](double close, trade_side side) {
    view.newest.close = close;
    return factor_of(score_market(view, config_of(bands, side)),
                     factor_kind::trend);
  };
  CHECK(rate(105, buy).points == 0);
  CHECK(rate(over(105), buy).points == 20);
  CHECK(rate(95, buy).points == 0);
  CHECK(rate(under(95), buy).points == -10);
  CHECK(rate(over(105), sell).points == -10);
  CHECK(rate(under(95), sell).points == 20);
  CHECK(rate(106, buy).value == 1.0);
  view.bb_upper.reset();
  CHECK_FALSE(rate(100, buy).available);
}

TEST_CASE("a move over three of the previous sigmas has points", "[score]") {
  auto view = calm_view();
  view.support = 1e-3;
  view.resistance = 1e3;
  view.newest.close = 100 * std::exp(0.05);
  auto move = std::log(view.newest.close / 100);
  auto points = [&view](double sigma) {
    view.rv20_previous = sigma;
    return points_of(view, {}, factor_kind::price_action);
  };
  CHECK(points(move / 3 * (1 + 1e-12)) == 0);
  CHECK(points(move / 3 * (1 - 1e-12)) == 10);
  view.newest.close = 100 * std::exp(-0.05);
  CHECK(points(move / 3 * (1 + 1e-12)) == 0);
  CHECK(points(move / 3 * (1 - 1e-12)) == 10);
  auto x = factor_of(score_market(view, {}), factor_kind::price_action);
  CHECK(near(*x.value, -3, 1e-9));
}

TEST_CASE("leaving the range of the 20 candles before has points", "[score]") {
  auto view = calm_view();
  auto points = [&view](double close) {
    view.newest.close = close;
    view.previous_close = close;
    return points_of(view, {}, factor_kind::price_action);
  };
  CHECK(points(110) == 0);
  CHECK(points(over(110)) == 10);
  CHECK(points(90) == 0);
  CHECK(points(under(90)) == 10);
}

TEST_CASE("on the very edge of a range, rounding does not decide", "[score]") {
  auto view = calm_view();
  auto points = [&view](double close, factor_kind kind) {
    view.newest.close = close;
    view.previous_close = close;
    return points_of(view, {}, kind);
  };
  // Twice the error of the last digit, in all sizes of prices.
  for (double price : {1e-12, 2.5e-8, 1.0, 67'890.12, 1e12}) {
    view.senkou_a = view.senkou_b = price;
    view.support = view.resistance = price;
    for (double close : {below(below(price)), price, above(above(price))}) {
      CHECK(points(close, factor_kind::trend) == 0);
      CHECK(points(close, factor_kind::price_action) == 0);
    }
    for (double close : {under(price), over(price)})
      CHECK(points(close, factor_kind::price_action) == 10);
    CHECK(points(under(price), factor_kind::trend) == 20);
    CHECK(points(over(price), factor_kind::trend) == -10);
  }
}

TEST_CASE("any move after a standstill is a large one", "[score]") {
  auto view = calm_view();
  view.rv20_previous = 0;
  auto rate = [&view] {
    return factor_of(score_market(view, {}), factor_kind::price_action);
  };
  CHECK(rate().points == 0);
  CHECK(rate().value == 0.0);
  view.newest.close = above(100);
  CHECK(rate().available);
  CHECK(rate().points == 10);
  CHECK_FALSE(rate().value);
}

TEST_CASE("points add up as they stand and the score stays within 0 and 100",
          "[score]") {
  auto view = calm_view();
  view.rsi14 = 80;
  view.rv20 = 0.02;
  view.newest.close = 80;
  CHECK(score_market(view, {}).score == 100); // and not 115
  scoring_config config;
  config.rsi.points_high = 2;
  CHECK(score_market(view, config).score == 50 + 2 + 15 + 20 + 10);
  config.rsi.points_high = 5;
  CHECK(score_market(view, config).score == 100);
  config.rsi.points_high = 60;
  CHECK(score_market(view, config).score == 100);
  config.rsi.points_high = -200;
  CHECK(score_market(view, config).score == 0);
}

TEST_CASE("thresholds, points and weights are the strategy's own", "[score]") {
  scoring_config config;
  config.rsi = {
    .weight = 0.4, .high = 60, .low = 40, .points_high = 7, .points_low = -3};
  config.volatility = {
    .weight = 0.3, .high = 1.1, .low = 0.9, .points_high = 4, .points_low = -2};
  config.trend = {.weight = 0.2, .points_bearish = 9, .points_bullish = -1};
  config.price_action = {.weight = 0.1, .sigmas = 1, .points = 2};
  config.max_confidence = 0.5;
  auto view = calm_view();
  view.rsi14 = 60;
  view.rv20 = 0.0111;
  view.newest.close = 97.9;
  auto x = score_market(view, config);
  CHECK(x.score == 50 + 7 + 4 + 9 + 2);
  CHECK(near(x.confidence, 0.5));
  CHECK(x.factors[0].weight == 0.4);
  CHECK(x.factors[3].weight == 0.1);
}

TEST_CASE("filled candles take their share of the confidence", "[score]") {
  auto view = calm_view();
  view.filled_share = 0.25;
  CHECK(near(score_market(view, {}).confidence, 0.7 * 0.75));
  view.filled_share = 1;
  CHECK(score_market(view, {}).confidence == 0);
}

TEST_CASE("names are those of the contract", "[score]") {
  CHECK(std::string{to_string(ichimoku)} == "ichimoku");
  CHECK(std::string{to_string(bands)} == "bb_meanreversion");
  CHECK(std::string{to_string(buy)} == "long");
  CHECK(std::string{to_string(sell)} == "short");
  CHECK(std::string{to_string(factor_kind::rsi)} == "rsi");
  CHECK(std::string{to_string(factor_kind::volatility)} == "volatility");
  CHECK(std::string{to_string(factor_kind::trend)} == "trend");
  CHECK(std::string{to_string(factor_kind::price_action)} == "price_action");
}
