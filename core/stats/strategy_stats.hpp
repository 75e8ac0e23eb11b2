#pragma once

#include "core/breaker/breaker_types.hpp"
#include "core/cause.hpp"
#include "core/scoring/assessment.hpp"
#include "core/stats/strategy_snapshot.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace riskbreaker::core {

/// How a logical call ended, for the statistics.
struct finished_call {
  call_verdict verdict = call_verdict::success;
  cause why = cause::llm_malformed; ///< read unless it was a success
  milliseconds latency{0};          ///< attempts and waits together
  std::uint32_t attempts = 0; ///< HTTP requests; 0: the LLM was never asked
  std::uint64_t prompt_tokens = 0;
  std::uint64_t completion_tokens = 0;
  double cost_usd = 0;
  std::string_view endpoint{}; ///< empty: it got no further
};

/// Counts what happened to one strategy since the start. One function an event,
/// so that whoever reports it knows no number's name.
class strategy_stats {
public:
  /// Candles or a client asked for `n` assessments.
  void requested(std::uint64_t n = 1) noexcept;

  /// A request got its final answer; `why` says why it was not the LLM's.
  void answered(answer_source source, std::optional<cause> why) noexcept;

  /// A logical call was handed to a caller, which owes a `call_finished`.
  void call_started() noexcept;

  /// Requests began to wait for a call, or do so no more.
  void waiting(std::uint64_t joined, std::uint64_t left) noexcept;

  /// Requests that wait for a call.
  std::uint64_t open_requests() const noexcept {
    return open_requests_;
  }

  /// Has numbers of an endpoint, 0 for now: who watches a counter grow does not
  /// see the first value it has.
  void may_ask(std::string_view endpoint);

  /// Late results count as well: the call was made and paid. A call that was
  /// stopped by our own limits before its first request is not an LLM call and
  /// only leaves `in_flight`.
  void call_finished(const finished_call& x);

  void transition(breaker_state from, breaker_state to) noexcept;

  /// All numbers but the breaker's own, which `add_breaker` brings, and those
  /// of the last minutes.
  strategy_snapshot snapshot() const;

  /// So many endpoints have counts of their own; further names, which reloads
  /// may bring without end, share those of "other".
  static constexpr std::size_t max_endpoints = 64;

private:
  endpoint_counts& counts_of(std::string_view endpoint);

  strategy_snapshot counts_; // rates and percentiles are left empty
  latency_histogram latency_;
  std::uint64_t open_requests_ = 0;
};

} // namespace riskbreaker::core
