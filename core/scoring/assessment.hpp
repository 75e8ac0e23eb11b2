#pragma once

#include "core/breaker/breaker.hpp"
#include "core/cause.hpp"
#include "core/market/series.hpp"
#include "core/scoring/gate.hpp"
#include "core/scoring/score.hpp"
#include "core/strategy.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace riskbreaker::core {

enum class answer_source : std::uint8_t { llm, llm_cached, fallback };

const char* to_string(answer_source x) noexcept;

/// Who answered, how fast and for how much.
struct llm_report {
  std::string endpoint;
  std::string model;
  milliseconds latency{0};
  std::uint32_t attempts = 0;
  std::uint64_t prompt_tokens = 0;
  std::uint64_t completion_tokens = 0;
  bool tokens_estimated = false;
  double cost_usd = 0;
  std::string reasoning; ///< untrusted text
};

/// What the `n`th of `total` requests that shared a call says of it: tokens and
/// cost are its part, so that sums over all answers are what was paid. Null
/// where `whole` is.
std::shared_ptr<const llm_report>
share_of(const std::shared_ptr<const llm_report>& whole, std::size_t n,
         std::size_t total, std::string reasoning);

/// One answer to one request: the payload of `risk.*` and `risk_provisional.*`.
struct assessment {
  std::uint64_t id = 0;
  bool final = true;
  std::shared_ptr<const core::strategy> strategy;
  std::shared_ptr<const series_key> series;
  unix_ms candle_time{};
  unix_ms requested_at{};
  unix_ms issued_at{};
  unix_ms valid_until{};
  double score = 50;
  double confidence = 0;
  core::verdict verdict = core::verdict::block;
  answer_source source = answer_source::fallback;
  std::optional<core::cause> cause; ///< why not the LLM; empty if it was
  breaker_state breaker = breaker_state::closed;
  fallback_score fallback;               ///< always the fallback's view
  std::shared_ptr<const llm_report> llm; ///< null where the LLM was not asked
};

} // namespace riskbreaker::core
