#pragma once

#include "core/market/market_view.hpp"
#include "core/market/timeframe.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>
#include <tuple>
#include <vector>

namespace riskbreaker::tests {

/// A five-minute boundary, 2023-11-14T22:10:00Z.
inline constexpr core::unix_ms walk_start{
  core::milliseconds{1'699'999'800'000}};

inline core::candle flat_candle(core::unix_ms time, double price) {
  return {time, price, price, price, price, 0};
}

/// A seeded random walk; equal arguments give equal candles. Uses the bare
/// generator only, since distributions differ between standard libraries.
inline std::vector<core::candle>
random_walk(std::size_t n, std::uint64_t seed = 1, double price = 100,
            core::timeframe frame = *core::timeframe::parse("5m")) {
  std::mt19937_64 random{seed};
  auto uniform = [&random] {
    return static_cast<double>(random() >> 11) * 0x1p-53;
  };
  std::vector<core::candle> result;
  for (std::size_t i = 0; i < n; ++i) {
    auto open = price;
    price *= 1 + 0.01 * (uniform() - 0.5);
    auto high = std::max(open, price) * (1 + 0.002 * uniform());
    auto low = std::min(open, price) * (1 - 0.002 * uniform());
    auto time = frame.advance(walk_start, static_cast<std::int64_t>(i));
    result.push_back({time, open, high, low, price, 1 + uniform()});
  }
  return result;
}

/// Whether two views are the same to the last bit.
inline bool same(const core::market_view& a, const core::market_view& b) {
  auto all = [](const core::market_view& x) {
    return std::tuple{
      x.newest,   x.previous_close, x.rsi14,         x.rsi_undefined,
      x.atr14,    x.adx14,          x.bb_upper,      x.bb_middle,
      x.bb_lower, x.tenkan,         x.kijun,         x.senkou_a,
      x.senkou_b, x.rv20,           x.rv20_previous, x.rv20_median,
      x.support,  x.resistance,     x.filled_share};
  };
  return all(a) == all(b);
}

inline bool close_to(double a, double b, double tolerance) {
  return std::fabs(a - b) <= tolerance;
}

} // namespace riskbreaker::tests
