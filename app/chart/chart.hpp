#pragma once

#include "core/market/market_view.hpp"
#include "core/market/timeframe.hpp"
#include "core/scoring/gate.hpp"
#include "core/scoring/score.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace riskbreaker::app {

/// A candle with what was said of it.
struct chart_row {
  core::market_view market;
  core::fallback_score score;
};

struct chart_series {
  std::string pair; ///< a stranger's text: whatever is no space and no control
  core::timeframe frame;
  std::vector<chart_row> rows; ///< the newest ones; oldest first
  std::uint64_t scored = 0;    ///< all there were
};

/// All that a chart shows.
struct chart {
  core::scoring_config scoring;
  core::gate_config gate;
  std::string strategy; ///< of a configuration; empty: the defaults
  std::vector<chart_series> series;
  std::uint64_t series_left_out = 0;
};

/// How the gate judges a candle, and for what.
enum class chart_verdict : std::uint8_t {
  allow,
  block_score,      ///< the score is over the limit
  block_confidence, ///< the score is not, but it cannot be trusted
  not_available,    ///< no factor has a value: there is no score to look at
};
inline constexpr std::size_t chart_verdict_count = 4;

/// "allow", "block_score", …
const char* to_string(chart_verdict x) noexcept;

chart_verdict judge(const core::fallback_score& score,
                    const core::gate_config& gate) noexcept;

/// What a chart says beside the picture about what it leaves out; empty if it
/// shows all.
std::string left_out_text(const chart& x);

} // namespace riskbreaker::app
