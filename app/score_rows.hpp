#pragma once

#include "core/market/market_view.hpp"
#include "core/scoring/score.hpp"

#include <string>
#include <string_view>

namespace riskbreaker::app {

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
