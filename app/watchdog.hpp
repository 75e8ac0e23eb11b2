#pragma once

#include "actors/contain.hpp"
#include "actors/interfaces.hpp"
#include "app/service_manager.hpp"
#include "transport/reactor.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <string_view>

namespace riskbreaker::app {

/// Vouches for the daemon. Nobody else speaks to it.
using watchdog_actor = caf::typed_actor<
  // INTERNAL: Time for the next round.
  caf::reacts_to<atom::tick>,
  // INTERNAL: The sockets' thread has answered the given round.
  caf::reacts_to<atom::beat, std::uint64_t>>;

struct watchdog_config {
  service_notifier notify;
  std::chrono::milliseconds interval{}; ///< between rounds
  std::shared_ptr<transport::reactor> sockets;
  std::shared_ptr<actors::fault_ledger> faults{};
};

/// Who has to answer. Not those that wait for a disk: scoring goes on without
/// it, and a restart would not make it faster.
struct watchdog_peers {
  actors::publisher_actor publisher;
  actors::stats_actor stats;
  actors::breaker_supervisor_actor supervisor;
  actors::candle_ingest_actor ingest;
  actors::control_actor control;
};

class watchdog_state {
public:
  static inline const char* name = "watchdog";

  explicit watchdog_state(watchdog_actor::pointer ptr) : self(ptr) {
    // nop
  }

  const std::shared_ptr<actors::fault_ledger>& faults() const {
    return cfg.faults;
  }
  void after_fault() {
    // nop: this round is never completed, and that is told by silence
  }

  void on_tick();
  void on_sockets(std::uint64_t round);

  watchdog_actor::pointer self;
  watchdog_config cfg;
  watchdog_peers peers;

private:
  void begin_round();
  void answered(std::uint64_t round, std::string_view who);
  /// Takes an error for an answer that is missing.
  auto on_error(std::uint64_t round, std::string_view who);

  std::uint64_t round_ = 0;
  std::set<std::string_view> missing_; ///< those asked who have not answered
  bool failed_ = false;  ///< this round had an error, and will not be complete
  bool warned_ = false;  ///< of this round
  std::string breakers_; ///< as of this round
};

/// What `systemctl status` shows: how many strategies there are, and whose
/// breakers are not closed.
std::string breakers_line(const messages::strategy_listing& all);

/// Asks everyone again and again, and lets the service manager know
/// (`WATCHDOG=1`) when all have answered: silent as soon as one hangs. Talks to
/// a socket: spawn detached.
watchdog_actor::behavior_type
watchdog(watchdog_actor::stateful_pointer<watchdog_state> self,
         watchdog_config cfg, watchdog_peers peers);

} // namespace riskbreaker::app
