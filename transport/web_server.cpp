#include "transport/web_server.hpp"

#include "transport/web_hub.hpp"
#include "transport/web_listener.hpp"
#include "transport/web_questions.hpp"
#include "transport/web_session.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <atomic>
#include <csignal>
#include <pthread.h>
#include <thread>
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
    asio::post(io_, [this] { questions_.stop_asking(); });
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
  void on_reply(const control_reply& x);

  web_server_config config_;
  asio::io_context io_{1};
  web_listener listener_;
  web_session_hooks hooks_;
  web_hub hub_{io_, config_.limits};
  web_questions questions_{io_, config_, hub_.board};
  std::unordered_set<session_ptr> sessions_;
  std::atomic<std::uint64_t> requests_{0};
  std::atomic<std::uint64_t> refused_{0};
  std::atomic<std::uint64_t> cut_off_{0};
  std::atomic<std::uint64_t> connections_{0};
  std::thread thread_;
};

// -- life
// ------------------------------------------------------------------------

void beast_server::start(web_handlers handlers) {
  questions_.begin(std::move(handlers));
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
      questions_.forget();
      for (const auto& x : std::unordered_set<session_ptr>{sessions_})
        x->drop();
    });
    io_.stop();
  });
  thread_.join();
  questions_.end();
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
    questions_.ask(x, command, full());
  else if (std::holds_alternative<ask_metrics>(action))
    questions_.ask(x, nullptr, full());
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
    x->answer(too_busy());
  else
    hub_.transitions(x);
}

void beast_server::on_reply(const control_reply& x) {
  auto asked = questions_.take(x);
  if (!asked)
    return;
  const auto& client = asked->client;
  if (!outlive([&] { client->answer(questions_.reply_of(*asked, x.body)); }))
    client->drop();
}

} // namespace

std::shared_ptr<web_server> make_web_server(web_server_config config) {
  return std::make_shared<beast_server>(std::move(config));
}

} // namespace riskbreaker::transport
