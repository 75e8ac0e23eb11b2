#include "app/daemon_actors.hpp"

#include "actors/breaker_supervisor.hpp"
#include "actors/candle_ingest.hpp"
#include "actors/control.hpp"
#include "actors/event_log.hpp"
#include "actors/fallback_scorer.hpp"
#include "actors/llm_caller.hpp"
#include "actors/publisher.hpp"
#include "actors/stats.hpp"
#include "app/config_keeper.hpp"
#include "app/version.hpp"
#include "transport/json_parser.hpp"

#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

#include <algorithm>
#include <random>
#include <utility>

namespace riskbreaker::app {

namespace {

using namespace std::chrono_literals;

actors::breaker_supervisor_config
supervising(caf::actor_system& system, const daemon_parts& x,
            std::shared_ptr<actors::endpoint_memory> memory) {
  actors::breaker_supervisor_config out;
  out.now = x.now;
  out.seed = std::random_device{}();
  out.faults = x.faults;
  out.journal = x.journal.sink;
  out.remembered = std::move(x.journal.memory.breakers);
  actors::llm_caller_config calling;
  calling.client = x.client;
  calling.memory = std::move(memory);
  calling.parse = transport::parse_json;
  calling.now = x.now;
  calling.seed = out.seed;
  // The supervisor calls these, at start and after a death.
  out.spawn_caller = [&system, calling] {
    return system.spawn(actors::llm_caller, calling);
  };
  out.spawn_scorer = [&system] {
    return system.spawn(actors::fallback_scorer);
  };
  return out;
}

} // namespace

daemon_actors::daemon_actors(caf::actor_system& system, const daemon_parts& x) {
  const auto& settings = x.options.settings;
  auto table
    = std::make_shared<const core::strategy_table>(settings.strategies);

  actors::publisher_config publishing;
  publishing.out = x.out;
  publishing.boot = x.boot;
  publishing.faults = x.faults;
  publishing.now = x.now;
  if (settings.transport.results_encoding == config::encoding::msgpack)
    publishing.make_encoder = transport::make_msgpack_encoder;
  publishing.journal = x.journal.sink;
  publishing.journaled = settings.journal.assessments;
  publisher_ = system.spawn(actors::publisher, std::move(publishing));

  stats_ = system.spawn(
    actors::stats,
    actors::stats_config{x.now, settings.stats.interval, x.faults}, publisher_);

  caf::anon_send(stats_, messages::strategies_changed{table});

  auto memory = std::make_shared<actors::endpoint_memory>(
    std::move(x.journal.memory.budgets), x.journal.on_spent());
  supervisor_
    = system.spawn(actors::breaker_supervisor, supervising(system, x, memory),
                   table, publisher_, stats_);

  actors::candle_ingest_config ingesting;
  ingesting.max_clock_skew = settings.limits.max_clock_skew;
  ingesting.series.window = settings.limits.window;
  ingesting.series.max_gap_fill = settings.limits.max_gap_fill;
  ingesting.max_series = settings.limits.max_series;
  ingesting.max_frame = settings.limits.max_frame;
  ingesting.now = x.now;
  ingesting.make_decoder = x.options.make_decoder;
  ingesting.faults = x.faults;
  ingesting.journal = x.journal.sink;
  ingesting.restored = x.journal.series();
  ingest_ = system.spawn(actors::candle_ingest, std::move(ingesting), table,
                         publisher_, supervisor_);

  actors::control_config controlling;
  controlling.out = x.out;
  controlling.version = version();
  controlling.boot = x.boot;
  controlling.now = x.now;
  controlling.faults = x.faults;
  controlling.read_only = settings.transport.control_read_only;
  controlling.budgets = [memory](core::unix_ms now) {
    return memory->spent(now);
  };
  if (x.web)
    controlling.web = [web = x.web] {
      return web->counts();
    };
  control_ = system.spawn(actors::control, std::move(controlling),
                          actors::control_peers{supervisor_, ingest_, stats_,
                                                x.journal.history,
                                                x.journal.sink.board});

  keeper_ = system.spawn<caf::detached>(
    config_keeper,
    config_keeper_config{x.options.files, x.options.env, settings, x.faults,
                         x.options.watch,
                         [reactor = x.reactor](core::client_lists clients) {
                           reactor->admit(std::move(clients));
                         },
                         x.options.notify},
    config_keeper_peers{supervisor_, ingest_, stats_, publisher_, control_});
  caf::anon_send(control_, keeper_);

  // Three rounds in the time that is given, as one may find a busy moment.
  if (x.options.notify && x.options.watchdog)
    watchdog_ = system.spawn<caf::detached>(
      watchdog,
      watchdog_config{
        x.options.notify,
        std::max<core::milliseconds>(10ms, *x.options.watchdog / 3), x.reactor,
        x.faults},
      watchdog_peers{publisher_, stats_, supervisor_, ingest_, control_});
}

void daemon_actors::drain(caf::actor_system& system, daemon_journal& journal) {
  caf::scoped_actor self{system};
  auto began = std::chrono::steady_clock::now();
  auto ignore = [](const caf::error& x) {
    actors::log_warning("shutdown_incomplete")
      .with("detail", caf::to_string(x))
      .say();
  };
  self->request(ingest_, 500ms, atom::query_v)
    .receive([](const messages::ingest_report&) {}, ignore);
  self->request(supervisor_, 500ms, atom::shutdown_v)
    .receive([](std::uint64_t) {}, ignore);
  self->request(publisher_, 500ms, atom::flush_v)
    .receive([](atom::flush) {}, ignore);
  self->request(ingest_, 200ms, atom::shutdown_v)
    .receive([](std::uint64_t) {}, ignore);
  // Of the two seconds that a stop may take, what is left.
  auto took = std::chrono::ceil<core::milliseconds>(
    std::chrono::steady_clock::now() - began);
  journal.flush(self, std::max<core::milliseconds>(200ms, 1'300ms - took));
}

void daemon_actors::end() {
  for (const auto& x : {caf::actor_cast<caf::actor>(watchdog_),
                        caf::actor_cast<caf::actor>(keeper_),
                        caf::actor_cast<caf::actor>(control_),
                        caf::actor_cast<caf::actor>(ingest_),
                        caf::actor_cast<caf::actor>(supervisor_),
                        caf::actor_cast<caf::actor>(stats_),
                        caf::actor_cast<caf::actor>(publisher_)})
    if (x)
      caf::anon_send_exit(x, caf::exit_reason::user_shutdown);
}

} // namespace riskbreaker::app
