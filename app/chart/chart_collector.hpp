#pragma once

#include "app/chart/chart.hpp"

#include <string_view>
#include <unordered_map>

namespace riskbreaker::app {

struct chart_limits {
  std::size_t candles = 5'000;  ///< of each series
  std::size_t total = 100'000;  ///< of all; with many series each has fewer
  std::size_t max_series = 500; ///< further ones are only counted
};

/// Keeps the newest scored candles of each series, in memory that does not
/// grow with the files.
class chart_collector {
public:
  explicit chart_collector(chart_limits limits);

  void add(std::string_view pair, core::timeframe frame,
           const core::market_view& market, const core::fallback_score& score);

  /// The series in the order of their first candles; nothing is kept.
  std::vector<chart_series> take();

private:
  struct ring {
    chart_series series;
    std::size_t oldest = 0; ///< in its rows
  };

  ring* find(std::string_view pair, core::timeframe frame);
  void add_series(std::string_view pair, core::timeframe frame);

  /// Puts the rows in order and drops the oldest down to `keep_`.
  void settle(ring& x) const;

  chart_limits limits_;
  std::size_t keep_;
  std::vector<ring> rings_;
  /// Places in `rings_` by timeframe and pair.
  std::unordered_map<std::string, std::size_t> places_;
  std::size_t last_ = 0; ///< rows mostly stay in one series
};

} // namespace riskbreaker::app
