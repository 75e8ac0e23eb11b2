#pragma once

#include "core/breaker/breaker.hpp"
#include "core/llm/answer_cache.hpp"
#include "core/scoring/assessment.hpp"
#include "messages/market.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

// What the supervisor keeps of a strategy and of a call.

namespace riskbreaker::actors {

/// A strategy with its breaker. One that left the config drains: it answers
/// what is open and is then forgotten.
struct strategy_lane {
  std::shared_ptr<const core::strategy> strategy;
  core::breaker breaker;
  std::uint32_t in_flight = 0;
  bool draining = false;
  core::answer_cache answers{};                ///< for `llm.min_interval`
  std::optional<core::breaker_memory> saved{}; ///< as the journal knows it
};

/// A request that an LLM is asked about: the fallback's answer stands ready.
struct open_request {
  core::assessment draft;
  std::uint64_t ticket = 0;
};

/// A logical call, from its permit to its end. It may wait for more requests
/// before it is made (`llm.batch`).
struct open_call {
  std::shared_ptr<const core::strategy> strategy;
  core::permit permit;
  core::steady_time began{};
  core::steady_time deadline{};
  bool timeout_counts = true;         ///< it has the time that calls have
  std::vector<open_request> requests; ///< of different pairs
  /// What the caller is told of them, in the same order; empty once it was.
  std::shared_ptr<messages::risk_batch> unsent;
};

} // namespace riskbreaker::actors
