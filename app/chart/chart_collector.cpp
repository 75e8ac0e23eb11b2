#include "app/chart/chart_collector.hpp"

#include <algorithm>
#include <utility>

namespace riskbreaker::app {

chart_collector::chart_collector(chart_limits limits)
  : limits_(limits), keep_(limits.candles) {
  // nop
}

void chart_collector::add(std::string_view pair, core::timeframe frame,
                          const core::market_view& market,
                          const core::fallback_score& score) {
  auto* at = find(pair, frame);
  if (!at)
    return;
  auto& rows = at->series.rows;
  ++at->series.scored;
  if (rows.size() < keep_) {
    rows.push_back({market, score});
    return;
  }
  rows[at->oldest] = {market, score};
  if (++at->oldest == rows.size())
    at->oldest = 0;
}

std::vector<chart_series> chart_collector::take() {
  std::vector<chart_series> out;
  out.reserve(rings_.size());
  for (auto& x : rings_) {
    settle(x);
    out.push_back(std::move(x.series));
  }
  rings_.clear();
  places_.clear();
  return out;
}

chart_collector::ring* chart_collector::find(std::string_view pair,
                                             core::timeframe frame) {
  if (last_ < rings_.size()) {
    auto& x = rings_[last_];
    if (x.series.frame == frame && x.series.pair == pair)
      return &x;
  }
  auto key = std::string{frame.name()}.append(" ").append(pair);
  auto found = places_.find(key);
  if (found == places_.end()) {
    if (rings_.size() >= limits_.max_series)
      return nullptr;
    found = places_.emplace(std::move(key), rings_.size()).first;
    add_series(pair, frame);
  }
  last_ = found->second;
  return &rings_[last_];
}

void chart_collector::add_series(std::string_view pair, core::timeframe frame) {
  rings_.push_back({{std::string{pair}, frame, {}, 0}, 0});
  // Halved, so that the rows are not moved about for each new series.
  auto keep = keep_;
  while (keep > 1 && keep * rings_.size() > limits_.total)
    keep = (keep + 1) / 2;
  if (keep != keep_) {
    keep_ = keep;
    for (auto& x : rings_)
      settle(x);
  }
}

void chart_collector::settle(ring& x) const {
  auto& rows = x.series.rows;
  std::rotate(rows.begin(),
              rows.begin() + static_cast<std::ptrdiff_t>(x.oldest), rows.end());
  x.oldest = 0;
  if (rows.size() > keep_) {
    rows.erase(rows.begin(), rows.end() - static_cast<std::ptrdiff_t>(keep_));
    rows.shrink_to_fit();
  }
}

} // namespace riskbreaker::app
