#include "core/market/indicators.hpp"
#include "tests/core/market/walks.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>
#include <numeric>

using namespace riskbreaker::core;
using namespace riskbreaker::tests;

// Streaming against batch: each value once more, in the plainest way there is,
// over the whole history or the whole window.

namespace {

using bars_t = std::vector<candle>;

/// What `n` candles up to `row` hold.
template <class Get>
std::vector<double>
last(const bars_t& bars, std::size_t row, std::size_t n, Get get) {
  std::vector<double> result;
  for (auto i = row + 1 - n; i <= row; ++i)
    result.push_back(get(bars[i]));
  return result;
}

double mean(const std::vector<double>& xs) {
  return std::accumulate(xs.begin(), xs.end(), 0.0)
         / static_cast<double>(xs.size());
}

double squares(const std::vector<double>& xs) {
  auto m = mean(xs);
  double sum = 0;
  for (auto x : xs)
    sum += (x - m) * (x - m);
  return sum;
}

double close_of(const candle& x) {
  return x.close;
}

double middle(const bars_t& bars, std::size_t row, std::size_t n) {
  auto highs = last(bars, row, n, [](const candle& x) { return x.high; });
  auto lows = last(bars, row, n, [](const candle& x) { return x.low; });
  return (*std::max_element(highs.begin(), highs.end())
          + *std::min_element(lows.begin(), lows.end()))
         / 2;
}

/// Wilder's average of `xs`, seeded with the mean of the first 14.
double wilder(const std::vector<double>& xs) {
  auto average = mean({xs.begin(), xs.begin() + 14});
  for (std::size_t i = 14; i < xs.size(); ++i)
    average = (average * 13 + xs[i]) / 14;
  return average;
}

double rsi(const bars_t& bars, std::size_t row) {
  std::vector<double> gains;
  std::vector<double> losses;
  for (std::size_t i = 1; i <= row; ++i) {
    auto change = bars[i].close - bars[i - 1].close;
    gains.push_back(std::max(change, 0.0));
    losses.push_back(std::max(-change, 0.0));
  }
  auto up = wilder(gains);
  return 100 * (up / (up + wilder(losses)));
}

double atr(const bars_t& bars, std::size_t row) {
  std::vector<double> ranges;
  for (std::size_t i = 1; i <= row; ++i)
    ranges.push_back(std::max(bars[i].high, bars[i - 1].close)
                     - std::min(bars[i].low, bars[i - 1].close));
  return wilder(ranges);
}

double rv20(const bars_t& bars, std::size_t row) {
  std::vector<double> returns;
  for (auto i = row - 19; i <= row; ++i)
    returns.push_back(std::log(bars[i].close / bars[i - 1].close));
  return std::sqrt(squares(returns) / 19);
}

double median_rv20(const bars_t& bars, std::size_t row) {
  std::vector<double> values;
  for (auto i = row < 119 ? 20 : row - 99; i <= row; ++i)
    values.push_back(rv20(bars, i));
  std::sort(values.begin(), values.end());
  auto n = values.size();
  return n % 2 == 1 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

bool agree(std::optional<double> got, double want, double tolerance) {
  return got && std::fabs(*got - want) <= tolerance * std::fabs(want);
}

} // namespace

TEST_CASE("streaming gives what a batch over the history gives",
          "[indicators]") {
  auto seed = GENERATE(31u, 32u, 33u, 34u);
  auto price = GENERATE(2.5e-8, 1.0, 67'890.12);
  auto bars = random_walk(400, seed, price);
  indicators state;
  for (std::size_t row = 0; row < bars.size(); ++row) {
    state.add(bars[row]);
    if (row < 76 || row % 3 != 0)
      continue;
    market_view view;
    state.fill(view);
    auto closes = last(bars, row, 20, close_of);
    auto deviation = std::sqrt(squares(closes) / 20);
    REQUIRE(agree(view.rsi14, rsi(bars, row), 1e-9));
    REQUIRE(agree(view.atr14, atr(bars, row), 1e-9));
    REQUIRE(agree(view.bb_middle, mean(closes), 1e-12));
    REQUIRE(agree(view.bb_upper, mean(closes) + 2 * deviation, 1e-10));
    REQUIRE(agree(view.bb_lower, mean(closes) - 2 * deviation, 1e-10));
    REQUIRE(view.tenkan == middle(bars, row, 9));
    REQUIRE(view.kijun == middle(bars, row, 26));
    auto then = row - 25;
    REQUIRE(view.senkou_a
            == (middle(bars, then, 9) + middle(bars, then, 26)) / 2);
    REQUIRE(view.senkou_b == middle(bars, then, 52));
    REQUIRE(agree(view.rv20, rv20(bars, row), 1e-9));
    REQUIRE(agree(view.rv20_previous, rv20(bars, row - 1), 1e-9));
    REQUIRE(agree(view.rv20_median, median_rv20(bars, row), 1e-9));
    auto highs
      = last(bars, row - 1, 20, [](const candle& x) { return x.high; });
    auto lows = last(bars, row - 1, 20, [](const candle& x) { return x.low; });
    REQUIRE(view.resistance == *std::max_element(highs.begin(), highs.end()));
    REQUIRE(view.support == *std::min_element(lows.begin(), lows.end()));
  }
}
