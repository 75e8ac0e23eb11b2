#pragma once

#include "core/scoring/assessment.hpp"
#include "core/stats/status.hpp"
#include "core/stats/strategy_stats.hpp"
#include "messages/market.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace riskbreaker::messages {

/// What has become of a strategy's requests.
struct request_counts {
  std::shared_ptr<const core::strategy> strategy;
  std::uint64_t asked = 0;  ///< came in
  std::uint64_t joined = 0; ///< began to wait for a call
  std::uint64_t left = 0;   ///< wait no more: their answers come along
};

/// Answers, final and provisional, in the order in which they were given. What
/// they change in the counts comes with them: at no moment do those say that
/// an answer is missing that is on its way.
struct assessment_batch {
  std::vector<core::assessment> items;
  std::vector<request_counts> counts;
  lease credits;
};

/// From the supervisor to the publisher and the statistics, which share it.
struct assessments {
  std::shared_ptr<const assessment_batch> batch;
};

/// A series is kept no more. From ingest to the publisher: its topics end.
struct series_ended {
  std::shared_ptr<const core::series_key> series;
  std::vector<std::shared_ptr<const core::strategy>> watchers;
};

/// A breaker moved. One per transition, in order.
struct breaker_changed {
  std::string strategy;
  core::transition change;
  core::unix_ms at{};
  core::breaker_status now;
};

/// A strategy's breaker as it stands, after something was counted in it.
struct breaker_counted {
  std::string strategy;
  core::breaker_status now;
};

/// An LLM call went out.
struct call_started {
  std::string strategy;
};

/// An LLM call is over, in time or late.
struct call_finished {
  std::string strategy;
  core::call_verdict verdict = core::call_verdict::neutral;
  std::optional<core::cause> why;                 ///< empty on success
  std::shared_ptr<const core::llm_report> report; ///< null: nothing was sent
  std::uint32_t requests = 1;                     ///< that shared the call
  core::unix_ms at{};                             ///< when it ended
};

/// One strategy's statistics, from stats to the publisher and to control.
struct stats_report {
  core::strategy_snapshot counts;
  core::breaker_status breaker;
  core::unix_ms at{};
};

struct stats_listing {
  std::vector<stats_report> strategies;
};

} // namespace riskbreaker::messages
