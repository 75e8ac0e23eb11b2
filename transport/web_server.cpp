#include "transport/web_server.hpp"

#include "transport/web_hub.hpp"
#include "transport/web_listener.hpp"
#include "transport/web_session.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <charconv>
#include <csignal>
#include <pthread.h>
#include <thread>
#include <unordered_map>
#include <unordered_set>

namespace riskbreaker::transport {

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using namespace std::chrono_literals;

using session_ptr = std::shared_ptr<web_session>;

/// Everything but the constructor, `start`, `stop` and what its interface says
/// runs on its one thread.
class beast_server final : public web_server {
public:
  explicit beast_server(web_server_config config)
    : config_(std::move(config)),
      listener_(io_, config_.bind),
      hooks_{[this](const session_ptr& x, const web_request& request) {
               on_request(x, request);
             },
             [this](const session_ptr& x) { on_gone(x); },
             [this] {
               ++cut_off_;
             }} {
    config_.site.bind_host = std::string{host_part(config_.bind)};
  }

  ~beast_server() override {
    stop();
  }

  void start(web_handlers handlers) override;
  void stop_asking() override {
    asio::post(io_, [this] { asking_ = false; });
  }
  void stop() override;
  void publish(const out_frames& frames) override {
    hub_.board.publish(frames);
  }
  void reply(control_reply x) override {
    asio::post(io_, [this, x = std::move(x)] { on_reply(x); });
  }
  web_counts counts() const override;
  std::string url() const override {
    return listener_.url();
  }

private:
  /// A request that the daemon has not answered yet.
  struct open_request {
    session_ptr client;
    bool ready = false;
    bool metrics = false;
    asio::steady_timer deadline;
  };

  void on_accepted(tcp::socket socket);
  void on_gone(const session_ptr& x);
  /// Whether `f` has come to its end; if not, the fault is told.
  template <class F>
  bool outlive(F f);
  void on_request(const session_ptr& x, const web_request& request);
  void serve(const session_ptr& x, const web_request& request);
  /// Whether replies that nobody has taken yet leave no room for more.
  bool full() const;
  void transitions(const session_ptr& x);
  void ask(const session_ptr& x, const ask_control* command);
  void on_reply(const control_reply& x);
  void on_overdue(std::uint64_t id);
  web_reply reply_of(const open_request& asked, const std::string& body) const;

  web_server_config config_;
  web_handlers handlers_;
  asio::io_context io_{1};
  web_listener listener_;
  web_session_hooks hooks_;
  web_hub hub_{io_, config_.limits};
  std::unordered_set<session_ptr> sessions_;
  std::unordered_map<std::uint64_t, open_request> open_;
  std::uint64_t next_id_ = 1;
  bool asking_ = true;
  std::atomic<std::uint64_t> requests_{0};
  std::atomic<std::uint64_t> refused_{0};
  std::atomic<std::uint64_t> cut_off_{0};
  std::atomic<std::uint64_t> connections_{0};
  std::thread thread_;
};

// -- life
// ------------------------------------------------------------------------

void beast_server::start(web_handlers handlers) {
  handlers_ = std::move(handlers);
  listener_.accept([this](tcp::socket x) { on_accepted(std::move(x)); });
  thread_ = std::thread{[this] {
    sigset_t all; // signals belong to main
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, nullptr);
    pthread_setname_np(pthread_self(), "http-server");
    const auto work = asio::make_work_guard(io_);
    while (!io_.stopped())
      outlive([this] { io_.run(); });
  }};
}

void beast_server::stop() {
  if (!thread_.joinable())
    return;
  asio::post(io_, [this] {
    // A fault on the way must not keep the thread from its end.
    outlive([this] { listener_.close(); });
    outlive([this] { hub_.tell_news(); });
    outlive([this] {
      open_.clear();
      for (const auto& x : std::unordered_set<session_ptr>{sessions_})
        x->drop();
    });
    io_.stop();
  });
  thread_.join();
  handlers_ = {}; // they hold those who hold us
}

template <class F>
bool beast_server::outlive(F f) {
  try {
    f();
    return true;
  } catch (const std::exception& x) {
    if (config_.on_fault)
      config_.on_fault(x.what());
  }
  return false;
}

web_counts beast_server::counts() const {
  web_counts out;
  out.published = hub_.board.published();
  out.skipped = hub_.board.skipped();
  out.requests = requests_;
  out.refused = refused_;
  out.cut_off = cut_off_;
  out.connections = connections_;
  out.event_clients = hub_.listeners();
  return out;
}

void beast_server::on_accepted(tcp::socket socket) {
  if (sessions_.size() >= config_.limits.connections) {
    // Whoever has been longest about a request makes room: one that means well
    // takes a moment.
    session_ptr longest;
    for (const auto& x : sessions_)
      if (x->reading_since()
          && (!longest || *x->reading_since() < *longest->reading_since()))
        longest = x;
    ++refused_;
    if (!longest)
      return; // closes it
    longest->drop();
  }
  sessions_.insert(
    serve_web_session(std::move(socket), config_.limits, hooks_));
  connections_ = sessions_.size();
}

void beast_server::on_gone(const session_ptr& x) {
  sessions_.erase(x);
  connections_ = sessions_.size();
  hub_.gone(x);
}

// -- requests
// --------------------------------------------------------------------

void beast_server::on_request(const session_ptr& x,
                              const web_request& request) {
  ++requests_;
  // Whoever gets no answer for a mistake of ours must not wait for it.
  if (!outlive([&] { serve(x, request); }))
    x->drop();
}

void beast_server::serve(const session_ptr& x, const web_request& request) {
  auto action = judge(request, config_.site);
  if (auto* done = std::get_if<web_reply>(&action))
    x->answer(*done);
  else if (auto* command = std::get_if<ask_control>(&action))
    ask(x, command);
  else if (std::holds_alternative<ask_metrics>(action))
    ask(x, nullptr);
  else if (std::holds_alternative<ask_latest>(action))
    hub_.latest(x);
  else if (std::holds_alternative<ask_transitions>(action))
    transitions(x);
  else
    hub_.listen(x, std::get<ask_events>(action).kinds);
}

bool beast_server::full() const {
  std::size_t owned = 0;
  for (const auto& one : sessions_)
    owned += one->owned();
  return owned > config_.limits.replies;
}

void beast_server::transitions(const session_ptr& x) {
  if (full())
    x->answer(refuse(503, "busy", "too many requests at once; ask again"));
  else
    hub_.transitions(x);
}

/// `command`: null for the metrics.
void beast_server::ask(const session_ptr& x, const ask_control* command) {
  if (!asking_) {
    x->answer(refuse(503, "stopping", "the daemon stops"));
    return;
  }
  if (open_.size() >= config_.limits.open_requests || full()) {
    x->answer(refuse(503, "busy", "too many requests at once; ask again"));
    return;
  }
  const auto id = next_id_++;
  auto i = open_
             .emplace(id, open_request{x, command && command->ready, !command,
                                       asio::steady_timer{io_}})
             .first;
  i->second.deadline.expires_after(
    !command || command->ready ? config_.metrics_patience : config_.patience);
  i->second.deadline.async_wait([this, id](error_code ec) {
    if (!ec)
      on_overdue(id);
  });
  std::vector<std::string> route{"", std::to_string(id)};
  if (command)
    handlers_.control(std::move(route), command->body);
  else
    handlers_.metrics(std::move(route));
}

void beast_server::on_overdue(std::uint64_t id) {
  if (auto asked = open_.extract(id); !asked.empty())
    asked.mapped().client->answer(
      refuse(503, "timeout", "the daemon is busy; ask again"));
}

void beast_server::on_reply(const control_reply& x) {
  std::uint64_t id = 0;
  if (x.route.size() == 2)
    std::from_chars(x.route[1].data(), x.route[1].data() + x.route[1].size(),
                    id);
  auto asked = open_.extract(id);
  if (asked.empty()) // it came too late
    return;
  const auto& client = asked.mapped().client;
  if (!outlive([&] { client->answer(reply_of(asked.mapped(), x.body)); }))
    client->drop();
}

web_reply beast_server::reply_of(const open_request& asked,
                                 const std::string& body) const {
  web_reply out;
  if (asked.metrics && !body.starts_with('{')) {
    out.type = "text/plain; version=0.0.4; charset=utf-8";
    out.text = body;
    return out;
  }
  out.status = status_of(body);
  if (asked.ready && out.status == 200)
    out.text = std::string{"{\"ok\":true,\"config_ok\":"}
               + (hub_.board.config_ok() ? "true}" : "false}");
  else
    out.text = body;
  return out;
}

} // namespace

std::shared_ptr<web_server> make_web_server(web_server_config config) {
  return std::make_shared<beast_server>(std::move(config));
}

} // namespace riskbreaker::transport
