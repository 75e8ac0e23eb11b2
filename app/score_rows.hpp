#pragma once

#include "core/market/market_view.hpp"
#include "core/scoring/score.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace riskbreaker::app {

struct indicator_column {
  const char* name;
  std::optional<double> core::market_view::*field;
};

/// What `--explain` and the chart show, under these names.
inline constexpr std::array<indicator_column, 13> indicator_columns{{
  {"rsi14", &core::market_view::rsi14},
  {"atr14", &core::market_view::atr14},
  {"adx14", &core::market_view::adx14},
  {"bb_upper", &core::market_view::bb_upper},
  {"bb_middle", &core::market_view::bb_middle},
  {"bb_lower", &core::market_view::bb_lower},
  {"tenkan", &core::market_view::tenkan},
  {"kijun", &core::market_view::kijun},
  {"senkou_a", &core::market_view::senkou_a},
  {"senkou_b", &core::market_view::senkou_b},
  {"rv20", &core::market_view::rv20},
  {"support", &core::market_view::support},
  {"resistance", &core::market_view::resistance},
}};

struct score_format {
  bool json = false;    ///< NDJSON instead of CSV
  bool explain = false; ///< indicators and the points of each factor too
};

/// Writes scores as text. What is not available is an empty cell or null, and
/// numbers have the fewest digits that give the same double back.
class score_rows {
public:
  explicit score_rows(score_format format) : format_(format) {
    // nop
  }

  /// The line of column names; empty for NDJSON.
  std::string header() const;

  void append(std::string& out, std::string_view pair,
              std::string_view timeframe, const core::market_view& market,
              const core::fallback_score& score);

private:
  void append_labels(std::string& out, std::string_view pair,
                     std::string_view timeframe);
  void append_member(std::string& out, std::string_view name,
                     std::optional<double> x) const;

  score_format format_;
  // Of the row before: most rows have the same, and copying is cheaper.
  std::string pair_, timeframe_, labels_;
  double confidence_ = -1;
  std::string confidence_text_;
};

} // namespace riskbreaker::app
