#pragma once

#include "actors/contain.hpp"
#include "actors/interfaces.hpp"
#include "app/service_manager.hpp"
#include "config/file_watch.hpp"
#include "config/load.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace riskbreaker::app {

struct config_keeper_config {
  std::vector<std::string> files;
  config::environment env;
  config::settings current;
  std::shared_ptr<actors::fault_ledger> faults{};
  std::shared_ptr<config::file_watch> watch{}; ///< null: not watched
  /// Changes who may connect, under CURVE.
  std::function<void(core::client_lists)> admit{};
  service_notifier notify{}; ///< told of reloads; empty: nobody is
};

/// Whom a reload concerns.
struct config_keeper_peers {
  actors::breaker_supervisor_actor supervisor;
  actors::candle_ingest_actor ingest;
  actors::stats_actor stats;
  actors::publisher_actor publisher;
  actors::control_actor control;
};

struct config_keeper_state {
  static inline const char* name = "config_keeper";

  explicit config_keeper_state(actors::config_keeper_actor::pointer ptr)
    : self(ptr) {
    // nop
  }

  const std::shared_ptr<actors::fault_ledger>& faults() const {
    return cfg.faults;
  }
  void after_fault() {
    // nop: what was in force stays so
  }

  /// Tells the service manager too, whoever asked for it.
  core::config_report reload();
  /// Applies who may connect; says whether that has changed.
  bool admit(const config::transport_settings& next);
  core::config_report read_again();
  void tell(const core::config_report& x);

  actors::config_keeper_actor::pointer self;
  config_keeper_config cfg;
  config_keeper_peers peers;
};

/// Knows the configuration in force, and replaces it all or nothing. Reads the
/// disk: spawn detached.
actors::config_keeper_actor::behavior_type config_keeper(
  actors::config_keeper_actor::stateful_pointer<config_keeper_state> self,
  config_keeper_config cfg, config_keeper_peers peers);

} // namespace riskbreaker::app
