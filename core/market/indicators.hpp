#pragma once

#include "core/market/market_view.hpp"
#include "core/market/rolling.hpp"
#include "core/market/wilder.hpp"

#include <optional>

namespace riskbreaker::core {

/// ln(to/from), precise for small moves of large prices and finite for all
/// positive prices.
double log_return(double from, double to) noexcept;

/// All indicators of one series, one candle at a time, in constant time and
/// without allocating. Candles must be valid and in order.
class indicators {
public:
  indicators() = default;

  /// Continues Wilder's averages where `history` stands; the windows start
  /// empty and are complete again after `warm_up` candles.
  explicit indicators(const wilder_averages& history) noexcept
    : wilder_(history) {
    // nop
  }

  /// After that many candles no window depends on what was before: 20 returns
  /// for each of 100 volatilities, and the candle before the first return.
  static constexpr std::size_t warm_up = 120;

  void add(const candle& x) noexcept;

  /// Writes what they say at the newest candle; leaves `filled_share` alone.
  void fill(market_view& out) const noexcept;

private:
  struct cloud {
    double a = 0, b = 0;
    bool has_a = false, has_b = false;
  };

  void add_return(double x) noexcept;
  void fill_bands(market_view& out) const noexcept;
  void fill_cloud(market_view& out) const noexcept;
  void fill_volatility(market_view& out) const noexcept;

  candle newest_;
  wilder_averages wilder_;
  sliding_window<double, 20> closes_;
  range_window<9> tenkan_;
  range_window<26> kijun_;
  range_window<52> senkou_;
  sliding_window<cloud, 26> clouds_; ///< displacement 25, and the present one
  range_window<20> donchian_;
  std::optional<double> support_, resistance_;
  sliding_window<double, 20> returns_;
  median_window<100> volatilities_;
};

} // namespace riskbreaker::core
