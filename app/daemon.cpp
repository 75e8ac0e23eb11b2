#include "app/daemon.hpp"

#include "actors/breaker_supervisor.hpp"
#include "actors/candle_ingest.hpp"
#include "actors/control.hpp"
#include "actors/fallback_scorer.hpp"
#include "actors/llm_caller.hpp"
#include "actors/publisher.hpp"
#include "actors/stats.hpp"
#include "app/config_keeper.hpp"
#include "app/daemon_journal.hpp"
#include "app/version.hpp"
#include "transport/json_parser.hpp"
#include "transport/reactor.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <optional>
#include <random>
#include <thread>
#include <utility>

namespace riskbreaker::app {

namespace {

using namespace std::chrono_literals;

struct caf_config : caf::actor_system_config {
  caf_config() {
    // `stealing` would burn a percent of a core while there is nothing to do.
    set("scheduler.policy", caf::atom("sharing"));
    set("scheduler.max-threads",
        std::max<std::size_t>(2, std::thread::hardware_concurrency()));
    set("logger.console", caf::atom("none"));
    add_message_types<caf::id_block::riskbreaker>();
    add_error_category(caf::atom("riskbreak"), [](std::uint8_t code,
                                                  caf::atom_value,
                                                  const caf::message& context) {
      return to_string(static_cast<messages::errc>(code)) + to_string(context);
    });
  }
};

core::unix_ms system_now() {
  return std::chrono::floor<core::milliseconds>(
    std::chrono::system_clock::now());
}

} // namespace

class daemon::impl {
public:
  explicit impl(daemon_options options)
    : options_(std::move(options)),
      boot_(transport::make_boot_id(system_now())) {
    transport::reactor_config sockets;
    sockets.candles_bind = options_.settings.transport.candles_bind;
    sockets.results_bind = options_.settings.transport.results_bind;
    sockets.control_bind = options_.settings.transport.control_bind;
    sockets.max_frame = options_.settings.limits.max_frame;
    reactor_ = transport::make_reactor(std::move(sockets));
    transport::http_client_config http;
    http.proxy = options_.settings.llm.proxy;
    http.no_proxy = options_.settings.llm.no_proxy;
    http.ca_file = options_.settings.llm.ca_file;
    client_ = transport::make_curl_client(std::move(http));
    journal_.emplace(system_, options_.settings, boot_, system_now);
    spawn();
  }

  ~impl() {
    stop();
  }

  void start() {
    transport::reactor_handlers handlers;
    handlers.candles = [ingest = ingest_](transport::raw_batch&& x) {
      messages::frame_batch out;
      out.buffer = std::move(x.buffer);
      out.ends = std::move(x.ends);
      out.multipart = x.multipart;
      out.oversized = std::move(x.oversized);
      out.credits = std::move(x.credits);
      caf::anon_send(ingest, std::move(out));
    };
    handlers.control
      = [control = control_](std::vector<std::string> route, std::string body) {
          caf::anon_send(control, messages::control_request{std::move(route),
                                                            std::move(body)});
        };
    reactor_->start(std::move(handlers));
  }

  void reload() {
    caf::anon_send(keeper_, atom::reload_v);
  }

  void stop() {
    if (std::exchange(stopped_, true))
      return;
    reactor_->stop_reading();
    drain();
    for (const auto& x : {caf::actor_cast<caf::actor>(keeper_),
                          caf::actor_cast<caf::actor>(control_),
                          caf::actor_cast<caf::actor>(ingest_),
                          caf::actor_cast<caf::actor>(supervisor_),
                          caf::actor_cast<caf::actor>(stats_),
                          caf::actor_cast<caf::actor>(publisher_)})
      caf::anon_send_exit(x, caf::exit_reason::user_shutdown);
    journal_->stop();
    reactor_->stop();
    keeper_ = nullptr;
    control_ = nullptr;
    ingest_ = nullptr;
    supervisor_ = nullptr;
    stats_ = nullptr;
    publisher_ = nullptr;
    client_.reset();
  }

  const transport::reactor& sockets() const {
    return *reactor_;
  }

private:
  void spawn() {
    const auto& settings = options_.settings;
    auto table
      = std::make_shared<const core::strategy_table>(settings.strategies);

    actors::publisher_config publishing;
    publishing.out = reactor_;
    publishing.boot = boot_;
    if (settings.transport.results_encoding == config::encoding::msgpack)
      publishing.make_encoder = transport::make_msgpack_encoder;
    publishing.journal = journal_->sink;
    publishing.journaled = settings.journal.assessments;
    publisher_ = system_.spawn(actors::publisher, std::move(publishing));

    stats_ = system_.spawn(
      actors::stats, actors::stats_config{system_now, settings.stats.interval},
      publisher_);

    supervisor_ = system_.spawn(actors::breaker_supervisor, supervising(),
                                table, publisher_, stats_);

    actors::candle_ingest_config ingesting;
    ingesting.max_clock_skew = settings.limits.max_clock_skew;
    ingesting.series.window = settings.limits.window;
    ingesting.series.max_gap_fill = settings.limits.max_gap_fill;
    ingesting.max_series = settings.limits.max_series;
    ingesting.max_frame = settings.limits.max_frame;
    ingesting.now = system_now;
    ingesting.make_decoder = options_.make_decoder;
    ingesting.journal = journal_->sink;
    ingesting.restored = journal_->series();
    ingest_ = system_.spawn(actors::candle_ingest, std::move(ingesting), table,
                            publisher_, supervisor_);

    actors::control_config controlling;
    controlling.out = reactor_;
    controlling.version = version();
    controlling.boot = boot_;
    controlling.now = system_now;
    control_ = system_.spawn(actors::control, std::move(controlling),
                             actors::control_peers{supervisor_, ingest_, stats_,
                                                   journal_->history,
                                                   journal_->sink.board});

    keeper_ = system_.spawn<caf::detached>(
      config_keeper,
      config_keeper_config{options_.files, options_.env, settings},
      config_keeper_peers{supervisor_, ingest_, stats_, publisher_, control_});
    caf::anon_send(control_, keeper_);
  }

  actors::breaker_supervisor_config supervising() {
    actors::breaker_supervisor_config out;
    out.now = system_now;
    out.seed = std::random_device{}();
    out.journal = journal_->sink;
    out.remembered = std::move(journal_->memory.breakers);
    actors::llm_caller_config calling;
    calling.client = client_;
    calling.memory = std::make_shared<actors::endpoint_memory>(
      std::move(journal_->memory.budgets), journal_->on_spent());
    calling.parse = transport::parse_json;
    calling.now = system_now;
    calling.seed = out.seed;
    // The supervisor calls these, at start and after a death.
    out.spawn_caller = [this, calling] {
      return system_.spawn(actors::llm_caller, calling);
    };
    out.spawn_scorer = [this] {
      return system_.spawn(actors::fallback_scorer);
    };
    return out;
  }

  /// Sees every frame that was read through to its answer.
  void drain() {
    caf::scoped_actor self{system_};
    auto began = std::chrono::steady_clock::now();
    auto ignore = [](const caf::error& x) {
      spdlog::warn("shutdown incomplete: {}", caf::to_string(x));
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
    journal_->flush(self, std::max<core::milliseconds>(200ms, 1'300ms - took));
  }

  daemon_options options_;
  std::string boot_;
  caf_config caf_config_;
  caf::actor_system system_{caf_config_};
  std::shared_ptr<transport::reactor> reactor_;
  std::shared_ptr<transport::http_client> client_;
  std::optional<daemon_journal> journal_;
  actors::publisher_actor publisher_;
  actors::stats_actor stats_;
  actors::breaker_supervisor_actor supervisor_;
  actors::candle_ingest_actor ingest_;
  actors::control_actor control_;
  actors::config_keeper_actor keeper_;
  bool stopped_ = false;
};

daemon::daemon(daemon_options options)
  : impl_(std::make_unique<impl>(std::move(options))) {
  // nop
}

daemon::~daemon() = default;

void daemon::start() {
  impl_->start();
}

void daemon::reload() {
  impl_->reload();
}

void daemon::stop() {
  impl_->stop();
}

std::string daemon::candles_endpoint() const {
  return impl_->sockets().candles_endpoint();
}

std::string daemon::results_endpoint() const {
  return impl_->sockets().results_endpoint();
}

std::string daemon::control_endpoint() const {
  return impl_->sockets().control_endpoint();
}

} // namespace riskbreaker::app
