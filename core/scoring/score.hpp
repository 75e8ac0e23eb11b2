#pragma once

#include "core/market/market_view.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>

namespace riskbreaker::core {

enum class scoring_profile : std::uint8_t { ichimoku, bb_meanreversion };
enum class trade_side : std::uint8_t { long_side, short_side };

const char* to_string(scoring_profile x) noexcept;
const char* to_string(trade_side x) noexcept; ///< "long", "short"

/// Thresholds, points and weights of the fallback score; the defaults are
/// those of the specification. Weights must sum to 1.
struct scoring_config {
  scoring_profile profile = scoring_profile::ichimoku;
  trade_side side = trade_side::long_side;
  double max_confidence = 0.7;

  struct rsi_rule {
    double weight = 0.30, high = 70, low = 30;
    double points_high = 20, points_low = -10;
    friend bool operator==(const rsi_rule&, const rsi_rule&) = default;
  } rsi;
  struct volatility_rule {
    double weight = 0.25, high = 1.5, low = 0.5; ///< rv20 ÷ its median
    double points_high = 15, points_low = -5;
    friend bool operator==(const volatility_rule&, const volatility_rule&)
      = default;
  } volatility;
  struct trend_rule {
    double weight = 0.25;
    double points_bearish = 20, points_bullish = -10;
    friend bool operator==(const trend_rule&, const trend_rule&) = default;
  } trend;
  struct price_action_rule {
    double weight = 0.20, sigmas = 3, points = 10;
    friend bool operator==(const price_action_rule&, const price_action_rule&)
      = default;
  } price_action;

  friend bool operator==(const scoring_config&, const scoring_config&)
    = default;
};

/// The order is the order of `fallback_score::factors`.
enum class factor_kind : std::uint8_t { rsi, volatility, trend, price_action };
inline constexpr std::size_t factor_count = 4;

const char* to_string(factor_kind x) noexcept;

/// One view on the market. `value` is the RSI; rv20 ÷ median; the position
/// against the cloud or the bands (+1 above, 0 inside, −1 below); the last log
/// return in units of the previous rv20.
struct factor {
  factor_kind kind = factor_kind::rsi;
  std::optional<double> value;
  double points = 0;
  double weight = 0;
  bool available = false;
};

/// Score 0–100, higher is riskier; confidence 0–1. With no factor available:
/// 50 with confidence 0, which every gate blocks.
struct fallback_score {
  double score = 50;
  double confidence = 0;
  std::array<factor, factor_count> factors{};
};

/// Scores the newest candle of a series. Score = 50 + the sum of points,
/// clamped; confidence = max_confidence × the available weights × (1 − the
/// share of filled candles).
fallback_score score_market(const market_view& market,
                            const scoring_config& config);

/// Appends a sentence on what `x` adds to the score, such as
/// "RSI 71.2 is overbought: +20".
void append_reason(std::string& out, const factor& x,
                   const scoring_config& config);

} // namespace riskbreaker::core
