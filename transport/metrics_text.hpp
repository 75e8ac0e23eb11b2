#pragma once

#include "core/stats/status.hpp"
#include "transport/control_codec.hpp"
#include "transport/web_counts.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace riskbreaker::transport {

/// Everything that `/metrics` tells.
struct metrics_snapshot {
  daemon_info info;
  std::vector<strategy_statistics> strategies;
  core::ingest_counts candles;
  std::uint64_t series = 0;
  std::vector<core::timeframe_status> timeframes;
  std::vector<core::budget_status> budgets;
  std::optional<core::journal_status> journal; ///< empty: there is none
  std::uint64_t reloads_ok = 0;
  std::uint64_t reloads_refused = 0;
  web_counts web;
};

/// The media type of `metrics_text`.
inline constexpr const char* metrics_type
  = "text/plain; version=0.0.4; charset=utf-8";

/// The metrics of section 6 of the contract, and what alerts need beside them,
/// in Prometheus' text format. What is not known has no sample; labels hold
/// names from the configuration and our own words only, so they are bounded.
std::string metrics_text(const metrics_snapshot& x);

} // namespace riskbreaker::transport
