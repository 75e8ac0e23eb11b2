#pragma once

#include "core/breaker/breaker.hpp"
#include "core/breaker/call_plan.hpp"
#include "core/llm/limits.hpp"
#include "core/llm/prompt_template.hpp"
#include "core/market/timeframe.hpp"
#include "core/scoring/gate.hpp"
#include "core/scoring/score.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace riskbreaker::core {

/// One OpenAI-compatible base URL and what it may be asked. The key itself is
/// held by whoever sends the request, and is nowhere else.
struct endpoint {
  std::string name;
  std::string url; ///< base, such as "https://nano-gpt.com/api/v1"
  std::string model;
  std::string api_key;              ///< empty: no Authorization header is sent
  std::vector<std::string> headers; ///< more of them, whole lines
  bool usable = true; ///< false when a key is asked for and there is none
  endpoint_limits limits;
  double usd_per_million_prompt = 0;
  double usd_per_million_completion = 0;

  friend bool operator==(const endpoint&, const endpoint&) = default;
};

struct assess_config {
  bool provisional = true;
  milliseconds grace{10'000};
  /// In timeframes; older candles cost no LLM call. Absent: no check.
  std::optional<double> max_candle_age = 2;

  friend bool operator==(const assess_config&, const assess_config&) = default;
};

struct batch_config {
  std::uint32_t max_pairs = 1;
  milliseconds window{200};

  friend bool operator==(const batch_config&, const batch_config&) = default;
};

/// All that one strategy is. Immutable once built; open requests keep theirs
/// alive through a reload.
struct strategy {
  std::string name;
  std::vector<std::string> pairs; ///< exact names or shell patterns
  std::vector<timeframe> timeframes;
  std::vector<std::string> endpoints; ///< names, in the order of trial
  call_policy call;
  milliseconds min_interval{0}; ///< a still valid answer is reused this long
  batch_config batch;
  std::string prompt_file; ///< empty: the prompt that ships
  /// What the file held when the configuration was read.
  std::optional<prompt_template> prompt;
  breaker_config breaker;
  scoring_config scoring;
  assess_config assess;
  gate_config gate;

  bool watches(std::string_view pair, timeframe frame) const;

  friend bool operator==(const strategy&, const strategy&) = default;
};

/// What a reload replaces in one piece.
struct strategy_table {
  std::uint64_t version = 1;
  std::vector<std::shared_ptr<const strategy>> strategies; ///< by name
  std::map<std::string, std::shared_ptr<const endpoint>> endpoints;

  /// Null when there is none of that name.
  std::shared_ptr<const strategy> find(std::string_view name) const;

  /// Whether an LLM can be asked at all for `x`: one usable endpoint is named.
  bool llm_enabled(const strategy& x) const;

  /// Compares what the pointers point to; the version does not count.
  friend bool operator==(const strategy_table& a, const strategy_table& b);
};

/// Shell-style match (`*`, `?`, `[…]`) of a whole pair name, byte by byte.
bool matches_pattern(std::string_view pattern, std::string_view text);

} // namespace riskbreaker::core
