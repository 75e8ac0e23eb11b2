#pragma once

#include "core/market/candle.hpp"
#include "core/market/timeframe.hpp"
#include "core/market/wilder.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace riskbreaker::core {

/// Names a series. Never case-folded, never split.
struct series_key {
  std::string pair;
  timeframe frame;

  friend bool operator==(const series_key&, const series_key&) = default;
};

/// A closed candle as its series keeps it.
struct kept_candle {
  candle bar;
  bool filled = false; ///< put in flat, for one that never came

  friend bool operator==(const kept_candle&, const kept_candle&) = default;
};

/// What a restart needs of a series; the indicators follow from it, to the last
/// bit. The candle that was forming is not kept: it comes again.
struct series_memory {
  std::vector<kept_candle> candles; ///< oldest first
  wilder_memory before;             ///< at the candle before the oldest
  std::uint64_t filled_total = 0;
};

/// What turns an older `series_memory` into the present one: drop the candles
/// before `oldest` and from `from` on, append `candles`, replace the rest.
struct series_changes {
  unix_ms from{};
  unix_ms oldest{};
  std::vector<kept_candle> candles; ///< from `from` on, oldest first
  wilder_memory before;
  std::uint64_t filled_total = 0;
};

/// The changes of one series, on their way to the journal.
struct series_delta {
  std::shared_ptr<const series_key> key;
  series_changes changes;
};

} // namespace riskbreaker::core
