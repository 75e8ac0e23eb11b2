#include "app/chart/chart.hpp"

#include "app/console.hpp"

#include <algorithm>

namespace riskbreaker::app {

const char* to_string(chart_verdict x) noexcept {
  switch (x) {
    case chart_verdict::allow:
      return "allow";
    case chart_verdict::block_score:
      return "block_score";
    case chart_verdict::block_confidence:
      return "block_confidence";
    case chart_verdict::not_available:
      return "not_available";
  }
  return "unknown";
}

chart_verdict judge(const core::fallback_score& score,
                    const core::gate_config& gate) noexcept {
  if (std::none_of(score.factors.begin(), score.factors.end(),
                   [](const core::factor& x) { return x.available; }))
    return chart_verdict::not_available;
  if (core::judge(score.score, score.confidence, gate) == core::verdict::allow)
    return chart_verdict::allow;
  return score.score <= gate.max_risk_score ? chart_verdict::block_confidence
                                            : chart_verdict::block_score;
}

std::string left_out_text(const chart& x) {
  std::uint64_t shown = 0;
  std::uint64_t scored = 0;
  for (const auto& series : x.series) {
    shown += series.rows.size();
    scored += series.scored;
  }
  std::string out;
  if (shown < scored) {
    out
      = "the newest " + grouped(shown) + " of " + grouped(scored) + " candles";
    if (x.series.size() > 1)
      out += " of " + grouped(x.series.size()) + " series";
  }
  if (x.series_left_out > 0) {
    out += out.empty() ? "" : "; ";
    out += grouped(x.series_left_out)
           + (x.series_left_out == 1 ? " more series is" : " more series are")
           + " not shown";
  }
  return out;
}

} // namespace riskbreaker::app
