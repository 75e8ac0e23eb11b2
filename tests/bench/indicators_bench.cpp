#include "core/market/indicators.hpp"
#include "core/market/series.hpp"
#include "core/scoring/score.hpp"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <random>
#include <vector>

namespace {

using namespace riskbreaker::core;

constexpr std::size_t candle_count = 1 << 16;

/// A seeded random walk of five-minute candles.
std::vector<candle> random_walk() {
  std::mt19937_64 random{7};
  std::normal_distribution<double> step{0, 0.002};
  std::vector<candle> result;
  auto price = 65'000.0;
  auto time = unix_ms{milliseconds{1'699'999'800'000}};
  for (std::size_t i = 0; i < candle_count; ++i) {
    auto open = price;
    price *= std::exp(step(random));
    auto spread = 1 + std::fabs(step(random));
    result.push_back({time, open, std::max(open, price) * spread,
                      std::min(open, price) / spread, price, 10});
    time += std::chrono::minutes{5};
  }
  return result;
}

const std::vector<candle>& walk() {
  static const auto result = random_walk();
  return result;
}

void count_candles(benchmark::State& state) {
  state.SetItemsProcessed(state.iterations()
                          * static_cast<std::int64_t>(walk().size()));
  state.counters["per_candle"]
    = benchmark::Counter(static_cast<double>(walk().size()),
                         benchmark::Counter::kIsIterationInvariantRate
                           | benchmark::Counter::kInvert);
}

/// All that is kept for a candle that nobody asks about.
void BM_indicators_add(benchmark::State& state) {
  for (auto _ : state) {
    indicators x;
    for (auto& bar : walk())
      x.add(bar);
    benchmark::DoNotOptimize(x);
  }
  count_candles(state);
}
BENCHMARK(BM_indicators_add);

/// RSI, ATR, Bollinger and Ichimoku (and the rest) with every value read.
void BM_indicators_add_and_fill(benchmark::State& state) {
  for (auto _ : state) {
    indicators x;
    for (auto& bar : walk()) {
      x.add(bar);
      market_view view;
      x.fill(view);
      benchmark::DoNotOptimize(view);
    }
  }
  count_candles(state);
}
BENCHMARK(BM_indicators_add_and_fill);

void BM_series_add(benchmark::State& state) {
  for (auto _ : state) {
    series x{*timeframe::parse("5m")};
    for (auto& bar : walk())
      x.add(bar);
    benchmark::DoNotOptimize(x);
  }
  count_candles(state);
}
BENCHMARK(BM_series_add);

/// The hot path of one candle that asks for one score.
void BM_series_add_view_and_score(benchmark::State& state) {
  scoring_config config;
  for (auto _ : state) {
    series x{*timeframe::parse("5m")};
    for (auto& bar : walk()) {
      x.add(bar);
      auto score = score_market(x.view(), config);
      benchmark::DoNotOptimize(score);
    }
  }
  count_candles(state);
}
BENCHMARK(BM_series_add_view_and_score);

/// A full window, replayed because its newest candle is revised each time.
void BM_series_revision(benchmark::State& state) {
  series x{*timeframe::parse("5m")};
  for (std::size_t i = 0; i < 1000; ++i)
    x.add(walk()[i]);
  auto bar = walk()[999];
  for (auto _ : state) {
    bar.volume += 1;
    benchmark::DoNotOptimize(x.add(bar));
  }
}
BENCHMARK(BM_series_revision);

} // namespace
