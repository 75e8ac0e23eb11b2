#pragma once

#include "core/breaker/breaker.hpp"
#include "core/llm/limits.hpp"
#include "core/market/refusal.hpp"
#include "core/market/series.hpp"
#include "core/time.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace riskbreaker::core {

/// What a breaker looks like from outside, in wall time.
struct breaker_status {
  breaker_state state = breaker_state::closed;
  unix_ms state_since{};
  std::optional<unix_ms> retry_at; ///< OPEN only
  std::uint32_t consecutive_failures = 0;
};

/// One strategy, for `status`.
struct strategy_status {
  std::string name;
  breaker_status breaker;
  std::uint32_t in_flight = 0; ///< LLM calls open
  std::vector<std::string> endpoints;
  bool llm_enabled = false;
  bool draining = false; ///< gone from the config, still answering
};

/// One series, for `series`.
struct series_status {
  series_key key;
  std::uint64_t candles = 0;
  unix_ms last_time{};
  std::uint64_t filled = 0;
  std::vector<std::string> strategies; ///< that watch it
};

/// What ingest has seen since the start.
struct ingest_counts {
  std::uint64_t accepted = 0;
  std::uint64_t duplicates = 0;
  std::uint64_t revisions = 0;
  std::uint64_t late = 0;
  std::uint64_t filled = 0;
  std::uint64_t forming = 0;
  std::uint64_t restarts = 0; ///< series dropped for a gap too long to fill
  std::uint64_t dropped_series = 0; ///< idle ones that made room for others
  std::uint64_t refused = 0;
  std::array<std::uint64_t, refusal_reason_count> refused_by_reason{};
};

/// The series of one timeframe taken together.
struct timeframe_status {
  timeframe frame;
  std::uint64_t series = 0;
  unix_ms last_candle{}; ///< when the last candle of any of them came
};

/// What an endpoint may cost in a day, and what it has today.
struct budget_status {
  std::string endpoint;
  endpoint_limits limits;
  std::uint64_t calls = 0;
  double usd = 0;
};

/// How the journal fares, for `status`. Rows are assessments, transitions, LLM
/// calls and refusals.
struct journal_status {
  std::string path;
  std::string error; ///< why nothing is written now; empty: all is well
  std::uint64_t rows_written = 0;
  std::uint64_t rows_lost = 0;
  std::uint64_t rows_waiting = 0;
};

/// What a load or reload did, for topic `config` and the reply to `reload`.
struct config_report {
  std::uint64_t version = 0; ///< the one in force after it
  bool ok = true;
  std::vector<std::string> changes;
  std::vector<std::string> needs_restart;
  std::vector<std::string> errors; ///< each with file, line, pointer
};

} // namespace riskbreaker::core
