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
  self->request(peers.history, cfg.patience, std::move(query))
    .then(
      [this, to](const messages::history_listing& x) {
        if (x.items)
          reply(to, codec->history(to.id, *x.items));
        else
          refuse(to, "not_available", x.error);
      },
      [this, to, asked](const caf::error& e) { fail(to, asked, e); });
}

std::optional<core::journal_status> control_state::journal_status() const {
  return peers.journal ? std::optional{peers.journal->status()} : std::nullopt;
}

} // namespace riskbreaker::actors
