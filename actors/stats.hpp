#pragma once

#include "actors/fault_ledger.hpp"
#include "actors/interfaces.hpp"
#include "core/stats/strategy_stats.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <map>
#include <memory>
#include <string>

namespace riskbreaker::actors {

struct stats_config {
  wall_clock now;
  core::milliseconds interval{10'000};
  std::shared_ptr<fault_ledger> faults{};
};

/// The numbers of one strategy, with its breaker as last heard of.
struct strategy_record {
  core::strategy_stats counts;
  core::recent_window recent;
  core::breaker_status breaker;
};

struct stats_state {
  static inline const char* name = "stats";

  explicit stats_state(stats_actor::pointer ptr) : self(ptr) {
    // nop
  }

  const std::shared_ptr<fault_ledger>& faults() const {
    return cfg.faults;
  }
  void after_fault() {
    // nop: what was counted stays counted
  }

  messages::stats_report report(const std::string& strategy,
                                const strategy_record& x) const;
  void publish(const std::string& strategy);
  /// The strategy's record; null when a reload has taken it away: what comes
  /// late of it must not bring it back.
  strategy_record* record_of(const std::string& strategy);
  void follow(std::shared_ptr<const core::strategy_table> next);
  void count(const messages::assessment_batch& x);

  stats_actor::pointer self;
  stats_config cfg;
  publisher_actor publisher;
  std::map<std::string, strategy_record> strategies;
  std::shared_ptr<const core::strategy_table> table; ///< null: as at start
};

/// Counts, and publishes what it counted every `interval` and on transitions.
stats_actor::behavior_type
stats(stats_actor::stateful_pointer<stats_state> self, stats_config cfg,
      publisher_actor publisher);

} // namespace riskbreaker::actors
