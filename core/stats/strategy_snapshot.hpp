#pragma once

#include "core/breaker/breaker.hpp"
#include "core/cause.hpp"
#include "core/stats/endpoint_counts.hpp"
#include "core/stats/latency_histogram.hpp"
#include "core/stats/recent_window.hpp"
#include "core/time.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace riskbreaker::core {

/// Every number of one strategy that is shown, on the topic, by control, HTTP
/// and Prometheus alike; `spec/interface.md`, section 6. An absent number is
/// not known, which is never the same as 0.
struct strategy_snapshot {
  std::string strategy; ///< whose numbers these are

  // -- the breaker
  breaker_state state = breaker_state::closed;
  std::optional<unix_ms> state_since;
  std::optional<milliseconds> retry_in; ///< OPEN only
  std::uint32_t consecutive_failures = 0;
  std::uint64_t transitions = 0;
  /// By state left and state entered; sums up to `transitions`.
  std::array<std::array<std::uint64_t, breaker_state_count>,
             breaker_state_count>
    transitions_by_state{};

  // -- LLM calls that are over: total = successful + failed + neutral
  std::uint64_t total_calls = 0;
  std::uint64_t successful_calls = 0;
  std::uint64_t failed_calls = 0; ///< those that count against the LLM
  /// Without an answer, but not by the LLM's fault: our request was bad, it was
  /// refused or cancelled, the candle was nearly over.
  std::uint64_t neutral_calls = 0;
  /// Every call that brought no answer, neutral ones too, or a user would look
  /// for them in vain: sums up to failed + neutral.
  std::array<std::uint64_t, cause_count> failures_by_cause{};
  std::optional<double>
    success_rate;             ///< percent of total; absent without calls
  std::uint64_t attempts = 0; ///< HTTP requests of those calls
  std::uint64_t prompt_tokens = 0;
  std::uint64_t completion_tokens = 0;
  double cost_usd = 0;
  std::uint64_t in_flight = 0; ///< calls that are not over

  // -- how long they took, successful or not; absent without calls
  std::optional<milliseconds> latency_p50;
  std::optional<milliseconds> latency_p95;
  std::optional<milliseconds> latency_p99;
  std::optional<milliseconds> latency_max;

  // -- requests and their final answers
  std::uint64_t requests = 0;
  std::uint64_t answered = 0;
  std::optional<double> answered_rate; ///< percent; absent without requests
  std::array<std::uint64_t, 3> answers_by_source{}; ///< by `answer_source`
  std::array<std::uint64_t, cause_count> fallbacks_by_cause{};

  recent_counts last_5m; ///< the same, lately
  /// The same calls by the endpoint that got them, in the order in which they
  /// were first asked.
  std::vector<endpoint_counts> endpoints;
};

/// Adds what the breaker itself knows. `tick` it first: a breaker whose time
/// has come must not be shown as open with nothing left.
void add_breaker(strategy_snapshot& x, const breaker& source, steady_time now,
                 unix_ms wall);

} // namespace riskbreaker::core
