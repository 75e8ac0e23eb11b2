#pragma once

#include "core/market/market_view.hpp"
#include "core/scoring/score.hpp"

#include <cmath>

namespace riskbreaker::tests {

/// A calm, warm market: every factor is available and none has points.
inline core::market_view calm_view() {
  core::market_view x;
  x.newest = {core::unix_ms{}, 100, 100, 100, 100, 1};
  x.previous_close = 100;
  x.rsi14 = 50;
  x.atr14 = 1;
  x.adx14 = 20;
  x.bb_lower = 95;
  x.bb_middle = 100;
  x.bb_upper = 105;
  x.tenkan = 100;
  x.kijun = 100;
  x.senkou_a = 98;
  x.senkou_b = 102;
  x.rv20 = 0.01;
  x.rv20_previous = 0.01;
  x.rv20_median = 0.01;
  x.support = 90;
  x.resistance = 110;
  return x;
}

inline const core::factor& factor_of(const core::fallback_score& x,
                                     core::factor_kind kind) {
  return x.factors[static_cast<std::size_t>(kind)];
}

inline double points_of(const core::market_view& market,
                        const core::scoring_config& config,
                        core::factor_kind kind) {
  return factor_of(core::score_market(market, config), kind).points;
}

inline bool near(double a, double b, double tolerance = 1e-12) {
  return std::fabs(a - b) <= tolerance;
}

} // namespace riskbreaker::tests
