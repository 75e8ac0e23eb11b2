#include "actors/control.hpp"

#include "actors/event_log.hpp"
#include "transport/web_server.hpp"

#include <utility>

namespace riskbreaker::actors {

using kind = transport::control_command::kind;

namespace {

/// An `assess` may cost an LLM call.
bool changes_or_costs(const transport::control_command& x) {
  return x.what == kind::breaker || x.what == kind::reload
         || x.what == kind::assess
         || (x.what == kind::log_level && !x.level.empty());
}

/// By our names: spdlog calls `warn` "warning".
std::string level_name(spdlog::level::level_enum x) {
  auto text = spdlog::level::to_string_view(x);
  return x == spdlog::level::warn ? std::string{"warn"}
                                  : std::string{text.data(), text.size()};
}

} // namespace

void control_state::reply(const control_origin& to, std::string body) {
  cfg.out->reply({to.route, std::move(body)});
}

void control_state::refuse(const control_origin& to, std::string code,
                           std::string message) {
  reply(to, codec->error({std::move(code), std::move(message), to.id}));
}

void control_state::fail(const control_origin& to, const command& asked,
                         const caf::error& x) {
  using messages::errc;
  if (x == errc::unknown_strategy)
    refuse(to, "unknown_strategy",
           "no strategy is called \"" + asked.strategy
             + "\"; `status` lists them");
  else if (x == errc::unknown_series)
    refuse(to, "unknown_series",
           "no candle of " + asked.pair + " " + asked.timeframe
             + " was seen yet; `series` lists what was");
  else if (x == errc::not_watched)
    refuse(to, "not_watched",
           asked.strategy + " does not watch " + asked.pair + " "
             + asked.timeframe + "; see its `pairs` and `timeframes`");
  else if (x == errc::bad_timeframe)
    refuse(to, "bad_argument",
           "timeframe \"" + asked.timeframe + "\" is not one of "
             + core::timeframe::valid_names());
  else if (x == caf::sec::request_timeout)
    refuse(to, "timeout", "the daemon is busy; ask again");
  else
    refuse(to, "internal", self->system().render(x));
}

bool control_state::has_keeper(const control_origin& to) {
  if (!keeper)
    refuse(to, "not_available", "the daemon is still starting; ask again");
  return static_cast<bool>(keeper);
}

transport::daemon_info control_state::info() const {
  std::chrono::duration<double> uptime = self->clock().now() - started;
  transport::daemon_info out{cfg.version, cfg.boot, uptime.count(),
                             config_version};
  if (cfg.faults)
    out.faults = cfg.faults->counts();
  return out;
}

void control_state::after_fault() {
  codec = transport::make_control_codec();
}

void control_state::on_request(const messages::control_request& x) {
  control_origin to{x.route, {}};
  auto served = survives(self, cfg.faults, [&] {
    auto got = codec->decode(x.body);
    if (auto* bad = std::get_if<transport::control_error>(&got)) {
      reply(to, codec->error(*bad));
      return;
    }
    const auto& asked = std::get<command>(got);
    to.id = asked.id;
    dispatch(to, asked);
  });
  if (served)
    return;
  after_fault();
  refuse(to, "internal", words_of_fault);
}

void control_state::dispatch(const control_origin& to, const command& asked) {
  if (cfg.read_only && !transport::is_web_route(to.route)
      && changes_or_costs(asked)) {
    refuse(to, "read_only",
           "transport.control.read_only is set: this socket answers questions "
           "only");
    return;
  }
  switch (asked.what) {
    case kind::ping:
      reply(to, codec->ping(to.id, info()));
      break;
    case kind::status:
      status(to, asked);
      break;
    case kind::stats:
      stats(to, asked);
      break;
    case kind::breaker:
      breaker(to, asked);
      break;
    case kind::reload:
      if (has_keeper(to))
        ask<core::config_report>(keeper, atom::reload_v, to, asked,
                                 [this, to](const core::config_report& x) {
                                   reply(to, codec->reload(to.id, x));
                                 });
      break;
    case kind::assess:
      assess(to, asked);
      break;
    case kind::series:
      ask<messages::series_listing>(
        peers.ingest, atom::series_v, to, asked,
        [this, to](const messages::series_listing& all) {
          reply(to, codec->series(to.id, all.series));
        });
      break;
    case kind::config:
      if (has_keeper(to))
        ask<messages::config_text>(keeper, atom::config_v, to, asked,
                                   [this, to](const messages::config_text& x) {
                                     reply(to, codec->config(to.id, x.text));
                                   });
      break;
    case kind::history:
      history(to, asked);
      break;
    case kind::log_level:
      log_level(to, asked);
      break;
  }
}

void control_state::status(const control_origin& to, const command& asked) {
  ask<messages::ingest_report>(
    peers.ingest, atom::query_v, to, asked,
    [this, to, asked](const messages::ingest_report& ingest) {
      auto series = ingest.series;
      ask<messages::strategy_listing>(
        peers.supervisor, atom::query_v, to, asked,
        [this, to, series](const messages::strategy_listing& all) {
          auto about = info();
          if (cfg.budgets)
            about.budgets = cfg.budgets(cfg.now());
          reply(to, codec->status(to.id, about, all.strategies, series,
                                  journal_status(), cfg.now()));
        });
    });
}

void control_state::stats(const control_origin& to, const command& asked) {
  ask<messages::ingest_report>(
    peers.ingest, atom::query_v, to, asked,
    [this, to, asked](const messages::ingest_report& ingest) {
      auto counts = ingest.counts;
      ask<messages::stats_listing>(
        peers.stats, atom::query_v, to, asked,
        [this, to, counts](const messages::stats_listing& all) {
          std::vector<transport::strategy_statistics> out;
          for (const auto& x : all.strategies)
            out.emplace_back(x.counts, x.breaker);
          reply(to, codec->stats(to.id, out, counts, cfg.now()));
        });
    });
}

void control_state::breaker(const control_origin& to, const command& asked) {
  using action = messages::breaker_command::action;
  messages::breaker_command out{asked.strategy, action::reset};
  if (asked.action == "force_open")
    out.what = action::force_open;
  else if (asked.action == "force_closed")
    out.what = action::force_closed;
  else if (asked.action == "auto")
    out.what = action::automatic;
  log_info("breaker_command")
    .with("strategy", asked.strategy)
    .with("action", asked.action)
    .say();
  ask<messages::breaker_reply>(peers.supervisor, std::move(out), to, asked,
                               [this, to](const messages::breaker_reply& x) {
                                 reply(to, codec->breaker(to.id, x.state));
                               });
}

void control_state::log_level(const control_origin& to, const command& asked) {
  if (!asked.level.empty()) {
    // Told at either level, whichever of the two shows it.
    auto told = log_info("log_level").with("level", asked.level);
    spdlog::set_level(spdlog::level::from_str(asked.level));
    told.say();
  }
  reply(to, codec->log_level(to.id, level_name(spdlog::get_level())));
}

// -- assess: the answer comes from the supervisor, maybe after an LLM call
// --------

void control_state::assess(const control_origin& to, const command& asked) {
  auto ticket = next_ticket_++;
  tickets_.emplace(ticket, to);
  self->delayed_send(self, cfg.assess_patience, atom::tick_v, ticket);
  self
    ->request(peers.ingest, cfg.patience,
              messages::assess_command{ticket, asked.strategy, asked.pair,
                                       asked.timeframe})
    .then([](std::uint64_t) {},
          [this, to, asked, ticket](const caf::error& e) {
            if (tickets_.erase(ticket) > 0)
              fail(to, asked, e);
          });
}

void control_state::on_answer(const messages::private_answer& x) {
  auto i = tickets_.find(x.ticket);
  if (i == tickets_.end())
    return;
  auto to = std::move(i->second);
  tickets_.erase(i);
  reply(to, codec->assess(to.id, x.answer, cfg.boot));
}

void control_state::on_overdue(std::uint64_t ticket) {
  auto i = tickets_.find(ticket);
  if (i == tickets_.end())
    return;
  auto to = std::move(i->second);
  tickets_.erase(i);
  refuse(to, "timeout", "no assessment in time; ask again");
}

control_actor::behavior_type
control(control_actor::stateful_pointer<control_state> self, control_config cfg,
        control_peers peers) {
  auto& st = self->state;
  st.cfg = std::move(cfg);
  st.peers = std::move(peers);
  st.codec = transport::make_control_codec();
  st.started = self->clock().now();
  self->send(st.peers.supervisor, ticket_holder_actor{self});
  auto contain = container_of(self);
  return {
    contain(
      [self](const messages::private_answer& x) { self->state.on_answer(x); }),
    contain([self](const config_keeper_actor& x) { self->state.keeper = x; }),
    contain([self](const messages::control_request& x) {
      self->state.on_request(x);
    }),
    contain([self](const messages::metrics_request& x) {
      self->state.on_metrics(x);
    }),
    contain([self](atom::tick, std::uint64_t ticket) {
      self->state.on_overdue(ticket);
    }),
    contain([self](const core::config_report& x) {
      self->state.config_version = x.version;
      ++(x.ok ? self->state.reloads_ok : self->state.reloads_refused);
    }),
  };
}

} // namespace riskbreaker::actors
