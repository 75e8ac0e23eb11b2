#pragma once

#include "core/llm/prompt_template.hpp"
#include "core/market/market_view.hpp"
#include "core/market/series.hpp"
#include "core/scoring/score.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace riskbreaker::core {

/// What a prompt is made of; all but `own` is data, none of it instructions.
struct prompt_data {
  std::string_view pair;
  std::string_view timeframe;
  unix_ms candle_time{};
  const std::vector<candle>* candles = nullptr; ///< oldest first
  market_view market;
  fallback_score fallback;
  scoring_config scoring;
  const prompt_template* own = nullptr; ///< null: the template that ships
  /// Candles take no more than this: a row has six numbers, and a plain decimal
  /// may take more than 300 digits, so rows alone are no bound.
  std::size_t candle_bytes = 12'000;
};

/// A prompt shows the newest candles, this many at the most.
inline constexpr std::size_t max_prompt_candles = 60;

/// The candles of all pairs that share a prompt take no more than this.
inline constexpr std::size_t max_shared_candle_bytes = 48'000;

struct prompt {
  std::string system;
  std::string user;
  std::size_t estimated_tokens = 0; ///< about 4 bytes a token
  std::size_t pairs = 1;            ///< how many answers it asks for
};

/// Fills the template. Numbers stand there as plain decimals with all their
/// digits; the pair is quoted and stripped of control characters. Whatever the
/// template says, the system message ends with how to answer.
prompt make_prompt(const prompt_data& data);

/// One prompt for several pairs of one strategy and timeframe: the user message
/// is filled once for each, under a line that names it, and an answer is asked
/// for each. The system message is filled with what all have in common. One
/// pair alone is `make_prompt`.
prompt make_shared_prompt(std::vector<prompt_data> pairs);

/// The shortest plain decimal (never scientific) that reads back as `x`.
std::string plain_decimal(double x);

/// ISO-8601 in UTC, whatever TZ says: "2023-11-14T22:13:20Z".
std::string iso_utc(unix_ms t);

} // namespace riskbreaker::core
