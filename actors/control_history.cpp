#include "actors/control.hpp"

#include <utility>

// What control says of the journal.

namespace riskbreaker::actors {

void control_state::history(const control_origin& to, const command& asked) {
  if (!peers.history) {
    refuse(to, "not_available",
           "this daemon keeps no journal, so there is no history; set "
           "journal.path and restart it");
    return;
  }
  core::history_query query;
  query.strategy = asked.strategy;
  query.pair = asked.pair;
  query.timeframe = asked.timeframe;
  if (asked.limit)
    query.limit = *asked.limit;
  ask<messages::history_listing>(
    peers.history, std::move(query), to, asked,
    [this, to](const messages::history_listing& x) {
      if (x.items)
        reply(to, codec->history(to.id, *x.items));
      else
        refuse(to, "not_available", x.error);
    });
}

std::optional<core::journal_status> control_state::journal_status() const {
  return peers.journal ? std::optional{peers.journal->status()} : std::nullopt;
}

} // namespace riskbreaker::actors
