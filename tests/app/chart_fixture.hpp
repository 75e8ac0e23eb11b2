#pragma once

#include "app/chart/chart.hpp"
#include "app/chart/chart_collector.hpp"
#include "core/scoring/candle_scorer.hpp"
#include "tests/app/score_fixture.hpp"
#include "tests/core/market/walks.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace riskbreaker::tests {

inline const core::timeframe five_minutes = *core::timeframe::parse("5m");

/// Scores `bars` and hands them to `rows`, as `score` does.
inline void collect(app::chart_collector& rows,
                    const std::vector<core::candle>& bars,
                    const std::string& pair = "BTC/USDT",
                    core::timeframe frame = five_minutes) {
  core::candle_scorer scorer{{}};
  for (const auto& bar : bars)
    if (!scorer.add(pair, frame, bar, bar.time + std::chrono::days{60}))
      rows.add(pair, frame, scorer.market(), scorer.score());
}

/// A chart of all of `bars`.
inline app::chart chart_of(const std::vector<core::candle>& bars,
                           const std::string& pair = "BTC/USDT") {
  app::chart_collector rows{{}};
  collect(rows, bars, pair);
  app::chart result;
  result.series = rows.take();
  return result;
}

inline std::size_t count_of(const std::string& text, const std::string& what) {
  std::size_t count = 0;
  for (auto at = text.find(what); at != std::string::npos;
       at = text.find(what, at + what.size()))
    ++count;
  return count;
}

inline std::string read_file(const std::string& path) {
  std::ifstream in{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

/// Tries to leave every place where a name can stand: a script, an attribute,
/// an element, a comment. No spaces, so that it passes for a pair.
inline const std::string hostile_pair
  = "</script><img/src=x/onerror=alert(1)>'\"&--><!--{{data}}é";

} // namespace riskbreaker::tests
