#pragma once

#include "core/market/series.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace riskbreaker::app {

/// Counts what one file held beside plain new candles, and says so: a row that
/// has no score, or an indicator over candles that were never there, must not
/// go by in silence.
class score_notes {
public:
  /// A candle that was taken.
  void add(const core::arrival_report& x, std::uint64_t line);

  /// A candle that still forms.
  void add_forming(std::uint64_t line);

  /// A sentence for each kind that occurred.
  std::vector<std::string> sentences() const;

private:
  struct tally {
    std::uint64_t count = 0;
    std::uint64_t first = 0; ///< its line
  };

  static void note(tally& x, std::uint64_t line);

  tally duplicates_, revisions_, late_, forming_, gaps_, restarts_;
  std::uint64_t filled_ = 0;
};

} // namespace riskbreaker::app
