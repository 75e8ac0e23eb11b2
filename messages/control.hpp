#pragma once

#include "core/scoring/assessment.hpp"
#include "core/stats/status.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace riskbreaker::messages {

/// A frame from a control client, from the reactor to control.
struct control_request {
  std::vector<std::string> route; ///< the way back
  std::string body;
};

/// What an operator does to a breaker.
struct breaker_command {
  enum class action { reset, force_open, force_closed, automatic };
  std::string strategy;
  action what = action::reset;
};

struct breaker_reply {
  core::breaker_state state = core::breaker_state::closed;
};

/// Asks ingest for a fresh assessment, answered to control as `private_answer`.
struct assess_command {
  std::uint64_t ticket = 0;
  std::string strategy;
  std::string pair;
  std::string timeframe;
};

/// The answer to an `assess_command`, from the supervisor to control alone.
struct private_answer {
  std::uint64_t ticket = 0;
  core::assessment answer;
};

struct strategy_listing {
  std::vector<core::strategy_status> strategies;
};

/// Asks control for the metrics, as text for Prometheus.
struct metrics_request {
  std::vector<std::string> route; ///< the way back
};

struct series_listing {
  std::vector<core::series_status> series;
};

struct ingest_report {
  core::ingest_counts counts;
  std::uint64_t series = 0;
  std::vector<core::timeframe_status> timeframes;
};

/// The effective configuration as JSON text, secrets masked.
struct config_text {
  std::string text;
};

} // namespace riskbreaker::messages
