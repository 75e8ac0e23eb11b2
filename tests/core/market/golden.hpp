#pragma once

#include "core/market/market_view.hpp"
#include "tests/core/market/oracle.hpp"

#include <cmath>
#include <optional>

namespace riskbreaker::tests {

enum class measure { absolute, relative };

struct golden_column {
  const char* name;
  const char* score_name; ///< what `riskbreaker score` calls it
  std::optional<double> core::market_view::*field;
  measure kind;
  double tolerance;
};

/// The table of the specification.
inline const golden_column golden_columns[] = {
  {"rsi14", "rsi14", &core::market_view::rsi14, measure::absolute, 1e-9},
  {"atr14", "atr14", &core::market_view::atr14, measure::relative, 1e-12},
  {"adx14", "adx14", &core::market_view::adx14, measure::absolute, 1e-9},
  {"bb20_mid", "bb_middle", &core::market_view::bb_middle, measure::relative,
   1e-10},
  {"bb20_up", "bb_upper", &core::market_view::bb_upper, measure::relative,
   1e-10},
  {"bb20_lo", "bb_lower", &core::market_view::bb_lower, measure::relative,
   1e-10},
  {"tenkan9", "tenkan", &core::market_view::tenkan, measure::absolute, 0},
  {"kijun26", "kijun", &core::market_view::kijun, measure::absolute, 0},
  {"senkou_a_25", "senkou_a", &core::market_view::senkou_a, measure::absolute,
   0},
  {"senkou_b_25", "senkou_b", &core::market_view::senkou_b, measure::absolute,
   0},
  {"rv20_ddof1", "rv20", &core::market_view::rv20, measure::relative, 1e-9},
  {"donchian20_prev_hi", "resistance", &core::market_view::resistance,
   measure::absolute, 0},
  {"donchian20_prev_lo", "support", &core::market_view::support,
   measure::absolute, 0},
};

inline bool agrees(std::optional<double> got, std::optional<double> want,
                   const golden_column& column) {
  if (!got || !want)
    return got.has_value() == want.has_value();
  auto scale = column.kind == measure::relative ? std::fabs(*want) : 1.0;
  return std::fabs(*got - *want) <= column.tolerance * scale;
}

} // namespace riskbreaker::tests
