#include "app/config_keeper.hpp"

#include "config/diff.hpp"
#include "config/print.hpp"

#include <spdlog/spdlog.h>

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

/// With the time, which says to systemd that it is about this very reload.
std::string reloading_now() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return "RELOADING=1\nMONOTONIC_USEC="
         + std::to_string(now.tv_sec * 1'000'000 + now.tv_nsec / 1'000);
}

} // namespace

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
    spdlog::warn("config {}", config::format(x));
  if (!loaded.value) {
    out.ok = false;
    for (const auto& x : loaded.errors) {
      out.errors.push_back(config::format(x));
      spdlog::error("config reload refused, nothing changed: {}",
                    out.errors.back());
    }
    return out;
  }
  for (const auto& x : config::diff(cfg.current, *loaded.value))
    (x.needs_restart ? out.needs_restart : out.changes).push_back(describe(x));
  if (loaded.value->strategies == cfg.current.strategies) {
    // The files were touched, or both the watch and an operator saw them.
    for (const auto& x : out.needs_restart)
      spdlog::warn("config takes effect after a restart {}", x);
    spdlog::info("config version={} read again: nothing to apply", out.version);
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
  spdlog::info("config version={} applied changes={} needs_restart={}",
               out.version, out.changes.size(), out.needs_restart.size());
  for (const auto& x : out.changes)
    spdlog::info("config changed {}", x);
  for (const auto& x : out.needs_restart)
    spdlog::warn("config takes effect after a restart {}", x);
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
