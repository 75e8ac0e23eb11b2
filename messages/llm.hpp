#pragma once

#include "core/breaker/breaker.hpp"
#include "core/llm/answer.hpp"
#include "core/scoring/assessment.hpp"
#include "messages/market.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <variant>
#include <vector>

namespace riskbreaker::messages {

/// One logical call, from the supervisor to the LLM caller: a permit was given
/// and the fallback has scored. All its requests are of one strategy and
/// timeframe and of different pairs.
struct llm_call {
  std::uint64_t id = 0;                        ///< that of its first request
  std::shared_ptr<const risk_batch> batch;     ///< its requests, at least one
  std::vector<core::fallback_score> fallbacks; ///< in their order
  bool is_probe = false;                       ///< a single attempt
  core::steady_time deadline{};
  /// Whether a time-out says something about the LLM. Not to be found out from
  /// `deadline`: that the call took a moment to get here is no shorter limit.
  bool timeout_counts = true;
  std::vector<std::shared_ptr<const core::endpoint>> endpoints;

  const core::strategy& strategy() const {
    return *batch->requests.front().strategy;
  }
};

/// How a call ended without a score.
struct llm_failed {
  core::cause why = core::cause::llm_unreachable;
  core::call_verdict verdict = core::call_verdict::neutral;
  std::optional<core::milliseconds> server_wait;
};

/// One for each request, in their order; absent where the answer had none that
/// could be read. At least one is there.
struct llm_answered {
  std::vector<std::optional<core::assessment_object>> pairs;
};

/// The end of a logical call, exactly one per `llm_call`. `report` is of the
/// whole call, without a reasoning, and null when no HTTP request was sent.
struct llm_result {
  std::uint64_t id = 0;
  std::variant<llm_failed, llm_answered> outcome;
  std::shared_ptr<const core::llm_report> report;
};

/// INTERNAL to the caller: one HTTP exchange has ended.
struct http_done {
  std::uint64_t id = 0;
  std::uint32_t attempt = 0; ///< tells a late reply from the current one
  core::http_reply reply;
};

} // namespace riskbreaker::messages
