#include "actors/control.hpp"

#include <utility>

// The metrics: what everybody has counted, at one moment.

namespace riskbreaker::actors {

void control_state::on_metrics(const messages::metrics_request& x) {
  control_origin to{x.route, {}};
  // Those who know are asked one after the other; a scrape that comes too late
  // is of no use, so each has half of a second.
  auto late = [this, to](const caf::error&) {
    survives(self, cfg.faults,
             [&] { refuse(to, "timeout", "the daemon is busy; ask again"); });
  };
  self->request(peers.ingest, cfg.metrics_patience, atom::query_v)
    .then(
      [this, to, late](const messages::ingest_report& seen) {
        self->request(peers.stats, cfg.metrics_patience, atom::query_v)
          .then(
            [this, to, seen](const messages::stats_listing& all) {
              if (!survives(self, cfg.faults,
                            [&] { reply(to, metrics(seen, all)); }))
                refuse(to, "internal", words_of_fault);
            },
            late);
      },
      late);
}

std::string control_state::metrics(const messages::ingest_report& seen,
                                   const messages::stats_listing& all) const {
  transport::metrics_snapshot out;
  out.info = info();
  for (const auto& x : all.strategies)
    out.strategies.emplace_back(x.counts, x.breaker);
  out.candles = seen.counts;
  out.series = seen.series;
  out.timeframes = seen.timeframes;
  if (cfg.budgets)
    out.budgets = cfg.budgets(cfg.now());
  out.journal = journal_status();
  out.reloads_ok = reloads_ok;
  out.reloads_refused = reloads_refused;
  if (cfg.web)
    out.web = cfg.web();
  return transport::metrics_text(out);
}

} // namespace riskbreaker::actors
