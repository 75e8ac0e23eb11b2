#pragma once

#include "core/breaker/breaker_types.hpp"
#include "core/llm/limits.hpp"
#include "core/market/series.hpp"
#include "core/scoring/journaled.hpp"
#include "transport/result_encoder.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace riskbreaker::transport {

/// What the journal could not do: what, where, and how to mend it.
struct journal_error {
  enum class kind {
    unusable,    ///< the file or its place: will not mend by itself
    unavailable, ///< the disk is full or fails, or another one writes
    damaged,     ///< the file is ours and broken
  };
  kind what = kind::unavailable;
  std::string message;
};

struct journal_answer {
  std::shared_ptr<const core::assessment> what;
  std::uint64_t seq = 0; ///< on its topic
};

/// An LLM call that is over. Without a report nothing was sent.
struct journal_call {
  std::string strategy;
  core::unix_ms ended_at{};
  std::uint32_t requests = 1; ///< assessments that shared it
  core::call_verdict verdict = core::call_verdict::neutral;
  std::optional<core::cause> why; ///< empty on success
  std::shared_ptr<const core::llm_report> report;
};

struct journal_refusal {
  core::unix_ms at{};
  refusal_report what;
};

/// What is written in one transaction.
struct journal_batch {
  std::vector<journal_answer> answers{};
  std::vector<breaker_report> transitions{};
  std::vector<journal_call> calls{};
  std::vector<journal_refusal> refusals{};
  std::vector<std::shared_ptr<const std::vector<core::series_delta>>> series{};
  std::map<std::string, core::breaker_memory> breakers{}; ///< by strategy
  std::map<std::string, core::budget_memory> budgets{};   ///< by endpoint
  core::unix_ms at{};

  bool empty() const noexcept {
    return answers.empty() && transitions.empty() && calls.empty()
           && refusals.empty() && series.empty() && breakers.empty()
           && budgets.empty();
  }
};

struct restored_series {
  core::series_key key;
  core::series candles;
};

/// What of the last run is of use to this one.
struct journal_limits {
  core::series_limits series;
  std::size_t max_series = 10'000;
  core::unix_ms now{};
  /// A series that did not move for that long, and for longer than its gap
  /// could be filled, is forgotten. Absent: none is.
  std::optional<core::milliseconds> keep;
};

/// What the last run has left for this one.
struct journal_memory {
  std::map<std::string, core::breaker_memory> breakers;
  std::map<std::string, core::budget_memory> budgets;
  std::vector<restored_series> series; ///< the last changed first
  std::size_t left_out = 0; ///< series over a limit, or no series at all
};

/// Where the journal is kept. Blocks while the disk works; one thread at a
/// time. Never throws.
class journal {
public:
  virtual ~journal() = default;
  /// All of the batch or nothing.
  virtual std::optional<journal_error> write(const journal_batch& batch) = 0;
  /// Deletes a bounded number of rows that are older. Whether more are left.
  virtual std::variant<bool, journal_error> prune(core::unix_ms before) = 0;
  virtual std::variant<journal_memory, journal_error>
  load(const journal_limits& limits) = 0;
};

/// Reads beside whoever writes, neither waiting for the other.
class journal_reader {
public:
  virtual ~journal_reader() = default;
  virtual std::variant<std::vector<core::past_assessment>, journal_error>
  history(const core::history_query& query) = 0;
};

} // namespace riskbreaker::transport
