#include "core/scoring/candle_scorer.hpp"

#include "core/market/validate.hpp"

#include <algorithm>
#include <utility>

namespace riskbreaker::core {

candle_scorer::candle_scorer(candle_scorer_config config)
  : config_(std::move(config)) {
  // nop
}

std::optional<refusal> candle_scorer::add(std::string_view pair,
                                          timeframe frame, const candle& x,
                                          unix_ms now) {
  if (auto bad = validate(x, frame, true, now, config_.max_clock_skew))
    return bad;
  auto* candles = find(pair, frame);
  if (!candles)
    return refusal{refusal_reason::too_many_series,
                   "limits.max_series (" + std::to_string(config_.max_series)
                     + ") is reached: raise it, or score fewer pairs at once"};
  auto report = candles->add(x);
  if (report.what == arrival::too_old)
    return refusal{
      refusal_reason::too_old,
      "the candle is older than all that are kept of its series: rows must run "
      "from old to new; sort them by time"};
  report_ = report;
  if (report.what == arrival::newest) {
    market_ = candles->view();
    score_ = score_market(market_, config_.scoring);
  }
  return std::nullopt;
}

series* candle_scorer::find(std::string_view pair, timeframe frame) {
  if (last_ && last_->frame() == frame && last_pair_ == pair)
    return last_;
  auto at = pairs_.find(pair);
  if (at != pairs_.end()) {
    auto found = std::find_if(
      at->second.begin(), at->second.end(),
      [frame](const auto& candles) { return candles->frame() == frame; });
    if (found != at->second.end()) {
      last_ = found->get();
      last_pair_ = pair;
      return last_;
    }
  }
  if (count_ >= config_.max_series)
    return nullptr;
  if (at == pairs_.end())
    at = pairs_.try_emplace(std::string{pair}).first;
  at->second.push_back(std::make_unique<series>(frame, config_.series));
  ++count_;
  last_ = at->second.back().get();
  last_pair_ = pair;
  return last_;
}

} // namespace riskbreaker::core
