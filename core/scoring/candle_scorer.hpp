#pragma once

#include "core/market/refusal.hpp"
#include "core/market/series.hpp"
#include "core/scoring/score.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace riskbreaker::core {

struct candle_scorer_config {
  scoring_config scoring;
  series_limits series;
  std::size_t max_series = 10'000;
  milliseconds max_clock_skew{60'000};
};

/// Scores closed candles of any number of series as they come, by the rules
/// that hold for candles of the daemon: what it would refuse is refused here,
/// and what would ask for no assessment there has no score here.
class candle_scorer {
public:
  explicit candle_scorer(candle_scorer_config config);

  /// Takes a candle; says what is wrong with it if it does not.
  std::optional<refusal> add(std::string_view pair, timeframe frame,
                             const candle& x, unix_ms now);

  /// What the last candle was that `add` took.
  const arrival_report& report() const noexcept {
    return report_;
  }

  /// The indicators and the score at that candle. Only where it was the newest
  /// of its series: a duplicate, a revision or a late candle leaves them alone.
  const market_view& market() const noexcept {
    return market_;
  }
  const fallback_score& score() const noexcept {
    return score_;
  }

  std::size_t series_count() const noexcept {
    return count_;
  }

private:
  struct text_hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view x) const noexcept {
      return std::hash<std::string_view>{}(x);
    }
  };
  /// The series of one pair, by timeframe. Few, and their places are kept.
  using by_timeframe = std::vector<std::unique_ptr<series>>;

  /// Null when there is room for no more.
  series* find(std::string_view pair, timeframe frame);

  candle_scorer_config config_;
  std::unordered_map<std::string, by_timeframe, text_hash, std::equal_to<>>
    pairs_;
  std::size_t count_ = 0;
  series* last_ = nullptr; ///< of `last_pair_`: rows mostly stay in one series
  std::string last_pair_;
  arrival_report report_;
  market_view market_;
  fallback_score score_;
};

} // namespace riskbreaker::core
