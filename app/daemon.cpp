#include "app/daemon.hpp"

#include "actors/event_log.hpp"
#include "app/daemon_actors.hpp"
#include "app/daemon_web.hpp"
#include "transport/reactor.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/send.hpp>

#include <algorithm>
#include <optional>
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

void log_stranger(const transport::stranger& x) {
  auto line = actors::log_warning("client_refused");
  line.with("socket", x.socket);
  if (!x.key.empty())
    line.with("key", x.key);
  if (!x.address.empty())
    line.with("address", x.address);
  line.with("times", x.times).say(x.reason);
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
    if (const auto& curve = options_.settings.transport.curve)
      sockets.curve = {curve->secret_key, curve->clients};
    reactor_ = transport::make_reactor(std::move(sockets));
    out_ = reactor_;
    web_ = open_web_server(options_.settings, boot_, faults_);
    if (web_)
      out_ = transport::make_web_outbox(reactor_, web_);
    transport::http_client_config http;
    http.proxy = options_.settings.llm.proxy;
    http.no_proxy = options_.settings.llm.no_proxy;
    http.ca_file = options_.settings.llm.ca_file;
    client_ = transport::make_curl_client(std::move(http));
    journal_.emplace(system_, options_.settings, boot_, system_now, faults_);
    actors_.emplace(system_,
                    daemon_parts{options_, boot_, system_now, reactor_, out_,
                                 web_, client_, faults_, *journal_});
  }

  ~impl() {
    stop();
  }

  void start() {
    transport::reactor_handlers handlers;
    handlers.candles = [ingest = actors_->ingest()](transport::raw_batch&& x) {
      messages::frame_batch out;
      out.buffer = std::move(x.buffer);
      out.ends = std::move(x.ends);
      out.multipart = x.multipart;
      out.oversized = std::move(x.oversized);
      out.credits = std::move(x.credits);
      caf::anon_send(ingest, std::move(out));
    };
    handlers.control = [control = actors_->control()](
                         std::vector<std::string> route, std::string body) {
      caf::anon_send(
        control, messages::control_request{std::move(route), std::move(body)});
    };
    handlers.refused = log_stranger;
    if (web_) {
      transport::web_handlers asked;
      asked.control = handlers.control;
      asked.metrics = [control
                       = actors_->control()](std::vector<std::string> route) {
        caf::anon_send(control, messages::metrics_request{std::move(route)});
      };
      web_->start(std::move(asked));
    }
    reactor_->start(std::move(handlers));
    if (options_.watch) {
      options_.watch->watch(
        config::files_of(options_.settings, options_.files));
      options_.watch->start([keeper = actors_->keeper()] {
        actors::log_info("config_files_changed").say();
        caf::anon_send(keeper, atom::reload_v);
      });
    }
  }

  void reload() {
    if (actors_)
      caf::anon_send(actors_->keeper(), atom::reload_v);
  }

  void stop() {
    if (std::exchange(stopped_, true))
      return;
    // Its callback holds the keeper, and CAF waits for detached actors until
    // nobody holds them any more.
    if (options_.watch)
      options_.watch->stop();
    if (web_)
      web_->stop_asking();
    reactor_->stop_reading();
    actors_->drain(system_, *journal_);
    actors_->end();
    journal_->stop();
    if (web_)
      web_->stop();
    reactor_->stop();
    actors_.reset();
    client_.reset();
  }

  const transport::reactor& sockets() const {
    return *reactor_;
  }

  std::string web_url() const {
    return web_ ? web_->url() : std::string{};
  }

private:
  daemon_options options_;
  std::string boot_;
  caf_config caf_config_;
  caf::actor_system system_{caf_config_};
  std::shared_ptr<transport::reactor> reactor_;
  std::shared_ptr<transport::web_server> web_; ///< null: there is none
  std::shared_ptr<transport::outbox> out_;     ///< to subscribers and clients
  std::shared_ptr<transport::http_client> client_;
  std::shared_ptr<actors::fault_ledger> faults_
    = std::make_shared<actors::fault_ledger>();
  std::optional<daemon_journal> journal_;
  std::optional<daemon_actors> actors_;
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

std::string daemon::web_url() const {
  return impl_->web_url();
}

} // namespace riskbreaker::app
