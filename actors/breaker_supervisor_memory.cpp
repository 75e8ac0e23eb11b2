#include "actors/breaker_supervisor.hpp"

#include <utility>

// What a restart keeps of the breakers.

namespace riskbreaker::actors {

core::breaker_memory
breaker_supervisor_state::remembered(const std::string& strategy) {
  auto node = cfg.remembered.extract(strategy);
  return node.empty() ? core::breaker_memory{} : node.mapped();
}

void breaker_supervisor_state::save(strategy_lane& lane) {
  if (!cfg.journal)
    return;
  auto memory = lane.breaker.save(now(), cfg.now());
  if (lane.saved == memory)
    return; // most calls succeed, and move nothing
  lane.saved = memory;
  cfg.journal.send(self, messages::breaker_saved{lane.strategy->name, memory},
                   0);
}

} // namespace riskbreaker::actors
