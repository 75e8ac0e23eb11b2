#include "core/market/series.hpp"
#include "core/scoring/gate.hpp"
#include "core/scoring/score.hpp"
#include "tests/core/market/walks.hpp"
#include "tests/core/scoring/views.hpp"
#include "tests/support/catch.hpp"

#include <iterator>

using namespace riskbreaker::core;
using namespace riskbreaker::tests;
using namespace std::chrono_literals;

namespace {

const auto five = *timeframe::parse("5m");

/// A hundred candles without range at 100 and 101 in turn, then one at 90.
series fallen_market() {
  series result{five};
  for (int i = 0; i < 100; ++i)
    result.add(flat_candle(walk_start + i * 5min, i % 2 == 0 ? 100 : 101));
  result.add(flat_candle(walk_start + 100 * 5min, 90));
  return result;
}

double score_of(scoring_profile profile, trade_side side) {
  scoring_config config;
  config.profile = profile;
  config.side = side;
  return score_market(fallen_market().view(), config).score;
}

/// What the score of each row is of a market that arrives candle by candle.
template <class Function>
void for_each_row(std::size_t n, Function f) {
  series x{five};
  auto bars = random_walk(n);
  for (std::size_t row = 0; row < bars.size(); ++row) {
    x.add(bars[row]);
    f(row, score_market(x.view(), {}));
  }
}

} // namespace

TEST_CASE("a score agrees with one worked out by hand", "[score]") {
  auto view = fallen_market().view();
  auto x = score_market(view, {});

  // RSI. Between 100 and 101 in turn, the average gain settles at 14/27 after
  // a rise and 13/27 after a fall: a = (13b + 1)/14 with b = 13a/14. The
  // average loss is 13/27 after a rise. The newest candle falls by 11:
  //   gain = 14/27 * 13/14          = 0.481481
  //   loss = (13/27 * 13 + 11) / 14 = 1.232804
  //   RSI  = 100 * 0.481481 / 1.714286 = 28.086   (30 or less: -10)
  auto& rsi = x.factors[0];
  CHECK(near(*rsi.value, 28.086, 0.005));
  CHECK(rsi.points == -10);

  // Volatility. r = ln(101/100) = 0.00995033. Twenty returns of +r and -r in
  // turn: rv20 = r * sqrt(20/19) = 0.0102088, the median too. The newest
  // return is x = ln(90/101) = -0.1153108, among ten of +r and nine of -r:
  //   squares = 19 * r^2 + x^2       = 0.0151778
  //   mean    = (r + x) / 20         = -0.00526803
  //   rv20    = sqrt((0.0151778 - 20 * mean^2) / 19) = 0.0277420
  //   ratio   = 0.0277420 / 0.0102088 = 2.71745    (over 1.5: +15)
  CHECK(near(*view.rv20, 0.0277420, 1e-7));
  CHECK(near(*view.rv20_median, 0.0102088, 1e-7));
  CHECK(near(*x.factors[1].value, 2.71745, 1e-5));
  CHECK(x.factors[1].points == 15);

  // Trend. Highest high 101, lowest low 100, over any span: tenkan, kijun and
  // both leads are 100.5. The close, 90, is below the cloud: +20.
  CHECK(view.senkou_a == 100.5);
  CHECK(view.senkou_b == 100.5);
  CHECK(x.factors[2].points == 20);

  // Price action. |x| / previous rv20 = 0.1153108 / 0.0102088 = 11.295 sigmas
  // down (over 3), and 90 is under the support of 100: +10 once.
  CHECK(near(*x.factors[3].value, -11.2952, 1e-4));
  CHECK(x.factors[3].points == 10);

  // 50 - 10 + 15 + 20 + 10 = 85. All weights: 0.7 * 1.
  CHECK(x.score == 85);
  CHECK(near(x.confidence, 0.7));
  CHECK(judge(x.score, x.confidence, {}) == verdict::block);
}

TEST_CASE("both profiles and both sides agree with sums by hand", "[score]") {
  // Bollinger: ten closes of 101, nine of 100 and one of 90 have the mean 100
  // and the deviation sqrt((10 * 1 + 100) / 20) = 2.345208. The lower band is
  // at 100 - 2 * 2.345208 = 95.309584, the close below it.
  auto view = fallen_market().view();
  CHECK(near(*view.bb_middle, 100, 1e-9));
  CHECK(near(*view.bb_lower, 95.309584, 1e-6));
  auto buy = trade_side::long_side;
  auto sell = trade_side::short_side;
  CHECK(score_of(scoring_profile::ichimoku, buy) == 50 - 10 + 15 + 20 + 10);
  CHECK(score_of(scoring_profile::ichimoku, sell) == 50 + 20 + 15 - 10 + 10);
  CHECK(score_of(scoring_profile::bb_meanreversion, buy)
        == 50 - 10 + 15 - 10 + 10);
  // 50 + 20 + 15 + 20 + 10 = 115, clamped.
  CHECK(score_of(scoring_profile::bb_meanreversion, sell) == 100);
}

TEST_CASE("factors become available on their rows, and confidence with them",
          "[score]") {
  for_each_row(120, [](std::size_t row, const fallback_score& x) {
    double weights = 0;
    weights += row >= 14 ? 0.30 : 0;
    weights += row >= 39 ? 0.25 : 0; // the twentieth volatility
    weights += row >= 76 ? 0.25 : 0;
    weights += row >= 21 ? 0.20 : 0;
    CHECK(x.factors[0].available == (row >= 14));
    CHECK(x.factors[1].available == (row >= 39));
    CHECK(x.factors[2].available == (row >= 76));
    CHECK(x.factors[3].available == (row >= 21));
    CHECK(near(x.confidence, 0.7 * weights));
  });
}

TEST_CASE("a cold series is blocked by its confidence alone", "[score]") {
  gate_config any_score{.min_confidence = 0.5, .max_risk_score = 100};
  for_each_row(120, [&](std::size_t row, const fallback_score& x) {
    // Without the cloud, 0.7 * 0.75 just passes.
    auto warm = row >= 39;
    CHECK(judge(x.score, x.confidence, any_score)
          == (warm ? verdict::allow : verdict::block));
  });
}

TEST_CASE("an empty series scores 50 with confidence 0 and is blocked",
          "[score]") {
  series empty{five};
  auto x = score_market(empty.view(), {});
  CHECK(x.score == 50);
  CHECK(x.confidence == 0);
  CHECK(judge(x.score, x.confidence, {}) == verdict::block);
}

TEST_CASE("a market that never moved has price action only", "[score]") {
  series x{five};
  for (int i = 0; i < 200; ++i)
    x.add(flat_candle(walk_start + i * 5min, 1.2345e-8));
  auto score = score_market(x.view(), {});
  CHECK(score.score == 50);
  CHECK_FALSE(score.factors[0].available);
  CHECK(score.factors[0].value == 50.0);
  CHECK_FALSE(score.factors[1].available);
  CHECK(score.factors[2].available); // inside a cloud without height
  CHECK(score.factors[2].points == 0);
  CHECK(score.factors[3].available);
  CHECK(near(score.confidence, 0.7 * 0.45));
}

TEST_CASE("filled candles lower the confidence of a real series", "[score]") {
  auto bars = random_walk(400);
  bars.erase(bars.begin() + 340, bars.begin() + 360);
  series x{five};
  for (auto& bar : bars)
    x.add(bar);
  CHECK(near(score_market(x.view(), {}).confidence, 0.7 * 0.8));
}

TEST_CASE("prices of any size give the same score", "[score]") {
  auto factor = GENERATE(0x1p-40, 0x1p-33, 0x1p33, 0x1p40);
  series x{five};
  series y{five};
  for (auto bar : random_walk(600, 21)) {
    x.add(bar);
    for (auto price : {&bar.open, &bar.high, &bar.low, &bar.close})
      *price *= factor;
    y.add(bar);
    REQUIRE(score_market(x.view(), {}).score
            == score_market(y.view(), {}).score);
  }
}
