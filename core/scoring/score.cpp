#include "core/scoring/score.hpp"

#include "core/market/indicators.hpp"

#include <algorithm>
#include <cmath>

namespace riskbreaker::core {

namespace {

constexpr double base_score = 50;

/// What an RSI that does not exist is shown as.
constexpr double undefined_rsi = 50;

/// Relative. Halves and means round in their last digits, differently for each
/// size of prices: on the very edge of a cloud, that must not decide.
constexpr double rounding = 1e-14;

double position(double price, double lower, double upper) noexcept {
  auto slack = price * rounding;
  return price - upper > slack ? 1 : lower - price > slack ? -1 : 0;
}

factor rate_rsi(const market_view& market, const scoring_config& config) {
  auto& rule = config.rsi;
  factor result{factor_kind::rsi, market.rsi14, 0, rule.weight, false};
  if (!market.rsi14) {
    if (market.rsi_undefined)
      result.value = undefined_rsi;
    return result;
  }
  result.available = true;
  auto is_long = config.side == trade_side::long_side;
  if (*market.rsi14 >= rule.high)
    result.points = is_long ? rule.points_high : rule.points_low;
  else if (*market.rsi14 <= rule.low)
    result.points = is_long ? rule.points_low : rule.points_high;
  return result;
}

factor rate_volatility(const market_view& market,
                       const scoring_config& config) {
  auto& rule = config.volatility;
  factor result{factor_kind::volatility, std::nullopt, 0, rule.weight, false};
  if (!market.rv20 || !market.rv20_median)
    return result;
  if (*market.rv20_median <= 0) {
    // Any volatility is endless times none; none times none says nothing.
    if (*market.rv20 > 0) {
      result.available = true;
      result.points = rule.points_high;
    }
    return result;
  }
  auto ratio = *market.rv20 / *market.rv20_median;
  result.available = true;
  result.value = ratio;
  if (ratio > rule.high)
    result.points = rule.points_high;
  else if (ratio < rule.low)
    result.points = rule.points_low;
  return result;
}

factor rate_trend(const market_view& market, const scoring_config& config) {
  auto& rule = config.trend;
  factor result{factor_kind::trend, std::nullopt, 0, rule.weight, false};
  auto by_bands = config.profile == scoring_profile::bb_meanreversion;
  auto one = by_bands ? market.bb_lower : market.senkou_a;
  auto other = by_bands ? market.bb_upper : market.senkou_b;
  if (!one || !other)
    return result;
  auto where = position(market.newest.close, std::min(*one, *other),
                        std::max(*one, *other));
  result.available = true;
  result.value = where;
  if (where == 0)
    return result;
  // A price under the cloud falls on; one over the upper band falls back.
  auto bearish = by_bands ? where > 0 : where < 0;
  auto is_long = config.side == trade_side::long_side;
  result.points
    = bearish == is_long ? rule.points_bearish : rule.points_bullish;
  return result;
}

factor rate_price_action(const market_view& market,
                         const scoring_config& config) {
  auto& rule = config.price_action;
  factor result{factor_kind::price_action, std::nullopt, 0, rule.weight, false};
  if (!market.previous_close || !market.rv20_previous || !market.support
      || !market.resistance)
    return result;
  result.available = true;
  auto close = market.newest.close;
  auto move = log_return(*market.previous_close, close);
  auto sigma = *market.rv20_previous;
  if (sigma > 0)
    result.value = move / sigma;
  else if (move == 0)
    result.value = 0;
  auto large = std::fabs(move) > rule.sigmas * sigma;
  auto outside = position(close, *market.support, *market.resistance) != 0;
  if (large || outside)
    result.points = rule.points;
  return result;
}

} // namespace

fallback_score score_market(const market_view& market,
                            const scoring_config& config) {
  fallback_score result;
  result.factors
    = {rate_rsi(market, config), rate_volatility(market, config),
       rate_trend(market, config), rate_price_action(market, config)};
  auto score = base_score;
  double weights = 0;
  for (auto& x : result.factors) {
    score += x.points;
    weights += x.available ? x.weight : 0;
  }
  result.score = std::clamp(score, 0.0, 100.0);
  result.confidence = std::clamp(
    config.max_confidence * weights * (1 - market.filled_share), 0.0, 1.0);
  return result;
}

const char* to_string(scoring_profile x) noexcept {
  switch (x) {
    case scoring_profile::ichimoku:
      return "ichimoku";
    case scoring_profile::bb_meanreversion:
      return "bb_meanreversion";
  }
  return "unknown";
}

const char* to_string(trade_side x) noexcept {
  switch (x) {
    case trade_side::long_side:
      return "long";
    case trade_side::short_side:
      return "short";
  }
  return "unknown";
}

const char* to_string(factor_kind x) noexcept {
  switch (x) {
    case factor_kind::rsi:
      return "rsi";
    case factor_kind::volatility:
      return "volatility";
    case factor_kind::trend:
      return "trend";
    case factor_kind::price_action:
      return "price_action";
  }
  return "unknown";
}

} // namespace riskbreaker::core
