#pragma once

#include "actors/interfaces.hpp"
#include "app/daemon.hpp"
#include "app/daemon_journal.hpp"
#include "app/watchdog.hpp"
#include "transport/http_client.hpp"
#include "transport/outbox.hpp"
#include "transport/reactor.hpp"
#include "transport/web_server.hpp"

#include <caf/actor_system.hpp>

#include <functional>
#include <memory>
#include <string>

namespace riskbreaker::app {

/// What the daemon's actors work with. The journal gives its memory away.
struct daemon_parts {
  const daemon_options& options;
  std::string boot;
  actors::wall_clock now;
  std::shared_ptr<transport::reactor> reactor;
  std::shared_ptr<transport::outbox> out;
  std::shared_ptr<transport::web_server> web; ///< null: there is none
  std::shared_ptr<transport::http_client> client;
  std::shared_ptr<actors::fault_ledger> faults;
  daemon_journal& journal;
};

/// The daemon's actors, wired to each other.
class daemon_actors {
public:
  daemon_actors(caf::actor_system& system, const daemon_parts& x);

  /// Sees every frame that was read through to its answer, and what happened
  /// into the journal.
  void drain(caf::actor_system& system, daemon_journal& journal);

  /// Ends them all.
  void end();

  const actors::candle_ingest_actor& ingest() const {
    return ingest_;
  }
  const actors::control_actor& control() const {
    return control_;
  }
  const actors::config_keeper_actor& keeper() const {
    return keeper_;
  }

private:
  actors::publisher_actor publisher_;
  actors::stats_actor stats_;
  actors::breaker_supervisor_actor supervisor_;
  actors::candle_ingest_actor ingest_;
  actors::control_actor control_;
  actors::config_keeper_actor keeper_;
  watchdog_actor watchdog_; ///< null: nobody wants a sign of life
};

} // namespace riskbreaker::app
