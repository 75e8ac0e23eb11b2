#pragma once

#include "core/market/candle.hpp"

#include <optional>

namespace riskbreaker::core {

/// What the indicators say at the newest closed candle of a series. A value
/// that is not there yet is absent, never zero.
struct market_view {
  candle newest;
  std::optional<double> previous_close;

  std::optional<double> rsi14; ///< absent too while the market never moved
  bool rsi_undefined = false;  ///< warm, but not one movement yet: shown as 50
  std::optional<double> atr14;
  std::optional<double> adx14;
  std::optional<double> bb_upper, bb_middle, bb_lower;
  std::optional<double> tenkan, kijun;
  std::optional<double> senkou_a, senkou_b; ///< the cloud AT this candle
  std::optional<double> rv20;          ///< sample deviation of 20 log returns
  std::optional<double> rv20_previous; ///< the candle before this one's
  std::optional<double> rv20_median;   ///< of the last 100, from 20 values on
  std::optional<double> support, resistance; ///< Donchian of the 20 before

  /// Share of gap-filled candles among the last 100 (or as many as there are).
  double filled_share = 0;
};

} // namespace riskbreaker::core
