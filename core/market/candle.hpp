#pragma once

#include "core/time.hpp"

namespace riskbreaker::core {

/// One OHLCV bar. Prices are in the pair's quote currency.
struct candle {
  unix_ms time{}; ///< OPEN time
  double open = 0;
  double high = 0;
  double low = 0;
  double close = 0;
  double volume = 0;

  friend bool operator==(const candle&, const candle&) = default;
};

} // namespace riskbreaker::core
