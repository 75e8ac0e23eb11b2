#include "app/config_keeper.hpp"

#include "actors/event_log.hpp"
#include "config/diff.hpp"
#include "config/print.hpp"

#include <ctime>
#include <memory>
#include <string>
#include <utility>

namespace riskbreaker::app {

namespace {

std::string describe(const config::change& x) {
  return x.pointer + ": " + x.before.value_or("(none)") + " -> "
         + x.after.value_or("(none)");
}

void log_needs_restart(const core::config_report& x) {
  for (const auto& change : x.needs_restart)
    actors::log_warning("config_needs_restart").with("change", change).say();
}

/// With the time, which says to systemd that it is about this very reload.
std::string reloading_now() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return "RELOADING=1\nMONOTONIC_USEC="
         + std::to_string(now.tv_sec * 1'000'000 + now.tv_nsec / 1'000);
}

} // namespace

bool config_keeper_state::admit(const config::transport_settings& next) {
  auto& curve = cfg.current.transport.curve;
  if (!curve || !next.curve || curve->clients == next.curve->clients)
    return false;
  curve->clients = next.curve->clients;
  curve->clients_from = next.curve->clients_from;
  if (cfg.admit)
    cfg.admit(curve->clients);
  return true;
}

core::config_report config_keeper_state::reload() {
  if (!cfg.notify)
    return read_again();
  cfg.notify(reloading_now());
  try {
    auto out = read_again();
    cfg.notify("READY=1\nSTATUS=configuration version "
               + std::to_string(out.version)
               + (out.ok ? "" : "; a reload was refused, see the log"));
    return out;
  } catch (...) {
    cfg.notify("READY=1"); // what was in force stays so
    throw;
  }
}

core::config_report config_keeper_state::read_again() {
  core::config_report out;
  out.version = cfg.current.strategies.version;
  if (cfg.watch)
    cfg.watch->note(config::files_of(cfg.current, cfg.files));
  auto loaded = config::load(cfg.files, cfg.env);
  if (cfg.watch)
    cfg.watch->watch(
      config::files_of(loaded.value ? *loaded.value : cfg.current, cfg.files));
  for (const auto& x : loaded.warnings)
    actors::log_warning("config_warning")
      .with("detail", config::format(x))
      .say();
  if (!loaded.value) {
    out.ok = false;
    for (const auto& x : loaded.errors) {
      out.errors.push_back(config::format(x));
      actors::log_error("config_refused")
        .with("detail", out.errors.back())
        .say("the running configuration stays");
    }
    return out;
  }
  for (const auto& x : config::diff(cfg.current, *loaded.value))
    (x.needs_restart ? out.needs_restart : out.changes).push_back(describe(x));
  auto admitted = admit(loaded.value->transport);
  if (loaded.value->strategies == cfg.current.strategies && !admitted) {
    // The files were touched, or both the watch and an operator saw them.
    log_needs_restart(out);
    actors::log_info("config_unchanged")
      .with("version", out.version)
      .say("read again, nothing to apply");
    return out;
  }
  auto next = std::move(loaded.value->strategies);
  next.version = ++out.version;
  // What needs a restart stays as it runs, so that a later reload names it
  // again.
  cfg.current.strategies = next;
  cfg.current.key_sources = std::move(loaded.value->key_sources);
  messages::strategies_changed changed{
    std::make_shared<const core::strategy_table>(std::move(next))};
  self->send(peers.stats, changed);
  self->send(peers.publisher, changed);
  self->send(peers.supervisor, changed);
  self->send(peers.ingest, std::move(changed));
  actors::log_info("config_applied")
    .with("version", out.version)
    .with("changes", out.changes.size())
    .with("needs_restart", out.needs_restart.size())
    .say();
  for (const auto& x : out.changes)
    actors::log_info("config_changed").with("change", x).say();
  log_needs_restart(out);
  return out;
}

void config_keeper_state::tell(const core::config_report& x) {
  self->send(peers.publisher, x);
  self->send(peers.control, x);
}

actors::config_keeper_actor::behavior_type config_keeper(
  actors::config_keeper_actor::stateful_pointer<config_keeper_state> self,
  config_keeper_config cfg, config_keeper_peers peers) {
  auto& st = self->state;
  st.cfg = std::move(cfg);
  st.peers = std::move(peers);
  core::config_report loaded;
  loaded.version = st.cfg.current.strategies.version;
  st.tell(loaded);
  auto contain = actors::container_of(self);
  return {
    contain([self](atom::reload) {
      auto report = self->state.reload();
      self->state.tell(report);
      return report;
    }),
    contain([self](atom::config) {
      return messages::config_text{
        config::print_effective(self->state.cfg.current)};
    }),
  };
}

} // namespace riskbreaker::app
