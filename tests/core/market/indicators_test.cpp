#include "core/market/indicators.hpp"
#include "tests/core/market/walks.hpp"
#include "tests/support/catch.hpp"

#include <cmath>

using namespace riskbreaker::core;
using namespace riskbreaker::tests;
using namespace std::chrono_literals;

namespace {

market_view view_after(const std::vector<candle>& bars) {
  indicators state;
  for (auto& bar : bars)
    state.add(bar);
  market_view result;
  state.fill(result);
  return result;
}

std::vector<candle> scaled(std::vector<candle> bars, double factor) {
  for (auto& bar : bars)
    for (auto price : {&bar.open, &bar.high, &bar.low, &bar.close})
      *price *= factor;
  return bars;
}

/// The first row on which `field` has a value.
std::size_t first_row(std::optional<double> market_view::*field) {
  auto bars = random_walk(200);
  indicators state;
  for (std::size_t row = 0; row < bars.size(); ++row) {
    state.add(bars[row]);
    market_view view;
    state.fill(view);
    if (view.*field)
      return row;
  }
  return bars.size();
}

} // namespace

TEST_CASE("each indicator appears on its first row and not before",
          "[indicators]") {
  CHECK(first_row(&market_view::previous_close) == 1);
  CHECK(first_row(&market_view::rsi14) == 14);
  CHECK(first_row(&market_view::atr14) == 14);
  CHECK(first_row(&market_view::adx14) == 27);
  CHECK(first_row(&market_view::bb_middle) == 19);
  CHECK(first_row(&market_view::tenkan) == 8);
  CHECK(first_row(&market_view::kijun) == 25);
  CHECK(first_row(&market_view::senkou_a) == 50);
  CHECK(first_row(&market_view::senkou_b) == 76);
  CHECK(first_row(&market_view::rv20) == 20);
  CHECK(first_row(&market_view::rv20_previous) == 21);
  CHECK(first_row(&market_view::rv20_median) == 39);
  CHECK(first_row(&market_view::support) == 20);
  CHECK(first_row(&market_view::resistance) == 20);
}

TEST_CASE("a market that never moved has no rsi, and says so", "[indicators]") {
  std::vector<candle> bars;
  for (int i = 0; i < 14; ++i)
    bars.push_back(flat_candle(walk_start + i * 5min, 0.1));
  CHECK_FALSE(view_after(bars).rsi_undefined);
  bars.push_back(flat_candle(walk_start + 14 * 5min, 0.1));
  auto view = view_after(bars);
  CHECK(view.rsi_undefined);
  CHECK_FALSE(view.rsi14);
  SECTION("its first movement defines it") {
    bars.push_back(flat_candle(walk_start + 15 * 5min, 0.1000000001));
    view = view_after(bars);
    CHECK_FALSE(view.rsi_undefined);
    REQUIRE(view.rsi14);
    CHECK(*view.rsi14 == 100);
  }
}

TEST_CASE("a market that stands still keeps its rsi for ever", "[indicators]") {
  auto bars = random_walk(300);
  auto before = *view_after(bars).rsi14;
  auto n = GENERATE(100, 500, 5'000, 20'000);
  auto price = bars.back().close;
  for (int i = 0; i < n; ++i)
    bars.push_back(flat_candle(bars.back().time + 5min, price));
  auto view = view_after(bars);
  REQUIRE(view.rsi14);
  CHECK(close_to(*view.rsi14, before, 1e-9));
  CHECK(*view.adx14 >= 0);
  CHECK(*view.adx14 <= 100);
  CHECK(*view.rv20 == 0);
  CHECK(*view.bb_upper == price);
  CHECK(*view.bb_lower == price);
  SECTION("and its next move counts in full") {
    bars.push_back(flat_candle(bars.back().time + 5min, price * 1.001));
    auto rsi = *view_after(bars).rsi14;
    if (n >= 500)
      CHECK(close_to(rsi, 100, 1e-9));
    else
      CHECK(rsi > before);
  }
}

TEST_CASE("no movement is too small to count", "[indicators]") {
  std::vector<candle> bars;
  for (int i = 0; i < 40; ++i) {
    auto price = 1e-12 * (1 + (i % 3 == 0 ? 1e-13 : 0));
    bars.push_back(flat_candle(walk_start + i * 5min, price));
  }
  auto view = view_after(bars);
  REQUIRE(view.rsi14);
  CHECK(*view.rsi14 > 40);
  CHECK(*view.rsi14 < 60);
  CHECK(*view.bb_upper > *view.bb_lower);
  CHECK(*view.rv20 > 0);
  CHECK(*view.atr14 > 0);
}

TEST_CASE("prices of any size give the same rsi, band and cloud position",
          "[indicators]") {
  auto bars = random_walk(400, 3, 1);
  auto want = view_after(bars);
  auto band = [](const market_view& x) {
    return (x.newest.close - *x.bb_lower) / (*x.bb_upper - *x.bb_lower);
  };
  auto cloud = [](const market_view& x) {
    return (x.newest.close > *x.senkou_a) + (x.newest.close > *x.senkou_b);
  };
  auto factor = GENERATE(1e-12, 1e-10, 1e-8, 1e-4, 1e4, 1e8, 1e10, 1e12);
  auto got = view_after(scaled(bars, factor));
  CHECK(close_to(*got.rsi14, *want.rsi14, 1e-9));
  CHECK(close_to(*got.adx14, *want.adx14, 1e-9));
  CHECK(close_to(band(got), band(want), 1e-9));
  CHECK(cloud(got) == cloud(want));
  CHECK(close_to(*got.rv20 / *want.rv20, 1, 1e-9));
  CHECK(close_to(*got.rv20_median / *want.rv20_median, 1, 1e-9));
  CHECK(close_to(*got.atr14 / *want.atr14 / factor, 1, 1e-9));
}

TEST_CASE("scaling by a power of two changes no bit of any ratio",
          "[indicators]") {
  auto bars = random_walk(300, 5);
  auto want = view_after(bars);
  auto got = view_after(scaled(bars, 0x1p-30));
  CHECK(got.rsi14 == want.rsi14);
  CHECK(got.adx14 == want.adx14);
  CHECK(got.rv20 == want.rv20);
  CHECK(*got.bb_upper == *want.bb_upper * 0x1p-30);
}

TEST_CASE("one bad tick leaves the windows without a trace", "[indicators]") {
  auto clean = random_walk(400, 9);
  auto spiked = clean;
  spiked[200].high *= 1e6;
  spiked[200].low /= 1e6;
  spiked[200].close = spiked[200].high;
  auto want = view_after(clean);
  auto got = view_after(spiked);
  CHECK(got.bb_upper == want.bb_upper);
  CHECK(got.bb_lower == want.bb_lower);
  CHECK(got.rv20 == want.rv20);
  CHECK(got.rv20_median == want.rv20_median);
  CHECK(got.senkou_b == want.senkou_b);
  CHECK(got.support == want.support);
}

TEST_CASE("prices near the limits of doubles never leave anything but numbers",
          "[indicators]") {
  auto bars = random_walk(300);
  bars[150] = flat_candle(bars[150].time, 1.7e308);
  bars[151] = flat_candle(bars[151].time, 5e-324);
  for (std::size_t n = 1; n <= bars.size(); ++n) {
    auto view = view_after({bars.begin(), bars.begin() + static_cast<long>(n)});
    for (auto field :
         {&market_view::rsi14, &market_view::atr14, &market_view::adx14,
          &market_view::bb_upper, &market_view::bb_lower, &market_view::tenkan,
          &market_view::senkou_b, &market_view::rv20,
          &market_view::rv20_median}) {
      if (view.*field)
        REQUIRE(std::isfinite(*(view.*field)));
    }
  }
  auto view = view_after(bars);
  CHECK(view.rsi14.has_value());
  CHECK(view.adx14.has_value());
}

TEST_CASE("a log return is precise for tiny moves and finite for huge ones",
          "[indicators]") {
  CHECK(log_return(100, 100) == 0);
  CHECK(close_to(log_return(1e9, 1e9 + 1e-6) / 1e-15, 1, 0.05));
  CHECK(close_to(log_return(1, 10), std::log(10.0), 1e-15));
  CHECK(close_to(log_return(10, 1), -std::log(10.0), 1e-15));
  CHECK(std::isfinite(log_return(5e-324, 1.7e308)));
  CHECK(std::isfinite(log_return(1.7e308, 5e-324)));
  CHECK(close_to(log_return(1e12, 1e-12), -24 * std::log(10.0), 1e-12));
}

TEST_CASE("250 candles bring the rsi within 5e-6 of the full history",
          "[indicators]") {
  auto bars = random_walk(2'000, 11);
  auto full = *view_after(bars).rsi14;
  auto part = *view_after({bars.end() - 250, bars.end()}).rsi14;
  CHECK(close_to(full, part, 5e-6));
}
