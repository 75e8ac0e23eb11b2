#include "app/watchdog.hpp"

#include "actors/event_log.hpp"

#include <caf/send.hpp>

#include <utility>

namespace riskbreaker::app {

void watchdog_state::on_tick() {
  self->delayed_send(self, cfg.interval, atom::tick_v);
  // One that hangs is not asked again: it would have to answer for ever.
  if (missing_.empty() || std::exchange(failed_, false)) {
    begin_round();
  } else if (!std::exchange(warned_, true)) {
    std::string names;
    for (auto x : missing_)
      names += (names.empty() ? "" : ", ") + std::string{x};
    actors::log_warning("watchdog_waits")
      .with("for_ms", cfg.interval.count())
      .with("from", names)
      .say();
  }
}

auto watchdog_state::on_error(std::uint64_t round, std::string_view who) {
  return [this, round, who](const caf::error& x) {
    if (round != round_)
      return;
    failed_ = true;
    actors::log_error("watchdog_failed")
      .with("actor", who)
      .with("detail", caf::to_string(x))
      .say();
  };
}

void watchdog_state::begin_round() {
  auto round = ++round_;
  warned_ = false;
  missing_
    = {"publisher", "stats", "ingest", "supervisor", "control", "sockets"};
  // Without a time-out: CAF would keep its timer for each.
  self->request(peers.publisher, caf::infinite, atom::flush_v)
    .then([=, this](atom::flush) { answered(round, "publisher"); },
          on_error(round, "publisher"));
  self->request(peers.stats, caf::infinite, atom::query_v)
    .then(
      [=, this](const messages::stats_listing&) { answered(round, "stats"); },
      on_error(round, "stats"));
  self->request(peers.ingest, caf::infinite, atom::query_v)
    .then(
      [=, this](const messages::ingest_report&) { answered(round, "ingest"); },
      on_error(round, "ingest"));
  self->request(peers.supervisor, caf::infinite, atom::query_v)
    .then(
      [=, this](const messages::strategy_listing& x) {
        breakers_ = breakers_line(x);
        answered(round, "supervisor");
      },
      on_error(round, "supervisor"));
  // A ticket that never was: looked up, not found, answered.
  self->request(peers.control, caf::infinite, atom::tick_v, std::uint64_t{0})
    .then([=, this] { answered(round, "control"); },
          on_error(round, "control"));
  cfg.sockets->ping([me = watchdog_actor{self}, round] {
    caf::anon_send(me, atom::beat_v, round);
  });
}

void watchdog_state::on_sockets(std::uint64_t round) {
  answered(round, "sockets");
}

void watchdog_state::answered(std::uint64_t round, std::string_view who) {
  if (round == round_ && missing_.erase(who) > 0 && missing_.empty())
    cfg.notify("WATCHDOG=1\nSTATUS=" + breakers_);
}

std::string breakers_line(const messages::strategy_listing& all) {
  auto out = std::to_string(all.strategies.size())
             + (all.strategies.size() == 1 ? " strategy" : " strategies");
  std::size_t shown = 0;
  std::size_t more = 0;
  for (const auto& x : all.strategies) {
    if (x.breaker.state == core::breaker_state::closed)
      continue;
    if (++shown > 5) {
      ++more;
      continue;
    }
    out += (shown == 1 ? ": " : ", ") + x.name + ' '
           + core::to_string(x.breaker.state);
  }
  if (more > 0)
    out += " and " + std::to_string(more) + " more";
  return shown == 0 ? out + ", all breakers closed" : out;
}

watchdog_actor::behavior_type
watchdog(watchdog_actor::stateful_pointer<watchdog_state> self,
         watchdog_config cfg, watchdog_peers peers) {
  self->state.cfg = std::move(cfg);
  self->state.peers = std::move(peers);
  self->send(self, atom::tick_v);
  auto contain = actors::container_of(self);
  return {
    contain([self](atom::tick) { self->state.on_tick(); }),
    contain([self](atom::beat, std::uint64_t round) {
      self->state.on_sockets(round);
    }),
  };
}

} // namespace riskbreaker::app
