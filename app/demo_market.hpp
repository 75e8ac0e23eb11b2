#pragma once

#include "core/market/candle.hpp"
#include "core/market/timeframe.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace riskbreaker::app {

/// Candles of one pair, oldest first.
struct demo_series {
  std::string pair;
  std::string timeframe;
  std::vector<core::candle> candles;
};

/// A made-up market: `count` candles for a handful of pairs, calm and stormy by
/// turns, the newest closed before `now`. The same seed gives the same prices.
std::vector<demo_series> make_demo_market(std::size_t count, core::unix_ms now,
                                          std::uint64_t seed,
                                          core::timeframe frame);

/// The user's own candles, by pair and timeframe. Rows that are no candles are
/// left out. Throws `candle_file_error`, also when there are too few to show
/// anything.
std::vector<demo_series>
read_demo_market(const std::vector<std::string>& files);

} // namespace riskbreaker::app
