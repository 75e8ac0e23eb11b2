#include "transport/web_server.hpp"

#include "transport/web_board.hpp"
#include "transport/web_listener.hpp"
#include "transport/web_session.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <algorithm>
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

constexpr std::size_t piece_size = 64u << 10;

core::unix_ms wall_now() {
  return std::chrono::floor<core::milliseconds>(
    std::chrono::system_clock::now());
}

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
    board_.on_news = [this] {
      asio::post(io_, [this] { schedule_news(); });
    };
  }

  ~beast_server() override {
    stop();
  }

  void start(web_handlers handlers) override;
  void stop_asking() override {
    asio::post(io_, [this] { asking_ = false; });
  }
  void stop() override;
  void publish(const std::vector<out_frame>& frames) override {
    board_.publish(frames);
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
  void on_request(const session_ptr& x, const web_request& request);
  void ask(const session_ptr& x, const ask_control* command);
  void on_reply(const control_reply& x);
  void on_overdue(std::uint64_t id);
  web_reply reply_of(const open_request& asked, const std::string& body) const;
  void latest(const session_ptr& x);
  void transitions(const session_ptr& x);
  void listen(const session_ptr& x, event_kinds kinds);
  void retune();
  void schedule_news();
  void tell_news();
  void keep_alive();
  std::chrono::milliseconds pause() const {
    // Eyes need no more; each look costs a write per listener.
    return 50ms + listening_.size() * 1ms;
  }

  web_server_config config_;
  web_handlers handlers_;
  asio::io_context io_{1};
  web_listener listener_;
  web_session_hooks hooks_;
  web_board board_;
  std::unordered_set<session_ptr> sessions_;
  std::unordered_set<session_ptr> listening_;
  std::unordered_map<std::uint64_t, open_request> open_;
  std::uint64_t next_id_ = 1;
  bool asking_ = true;
  asio::steady_timer news_{io_};
  bool news_due_ = false;
  std::chrono::steady_clock::time_point last_news_{};
  asio::steady_timer comments_{io_};
  std::atomic<std::uint64_t> requests_{0};
  std::atomic<std::uint64_t> refused_{0};
  std::atomic<std::uint64_t> cut_off_{0};
  std::atomic<std::uint64_t> connections_{0};
  std::atomic<std::uint64_t> listeners_{0};
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
    io_.run();
  }};
}

void beast_server::stop() {
  if (!thread_.joinable())
    return;
  asio::post(io_, [this] {
    listener_.close();
    tell_news();
    open_.clear();
    for (const auto& x : std::unordered_set<session_ptr>{sessions_})
      x->drop();
    io_.stop();
  });
  thread_.join();
}

web_counts beast_server::counts() const {
  web_counts out;
  out.published = board_.published();
  out.skipped = board_.skipped();
  out.requests = requests_;
  out.refused = refused_;
  out.cut_off = cut_off_;
  out.connections = connections_;
  out.event_clients = listeners_;
  return out;
}

void beast_server::on_accepted(tcp::socket socket) {
  if (sessions_.size() >= config_.limits.connections) {
    // Whoever holds a connection without a request makes room first.
    session_ptr longest;
    for (const auto& x : sessions_)
      if (x->idle_since()
          && (!longest || *x->idle_since() < *longest->idle_since()))
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
  if (listening_.erase(x) > 0)
    retune();
}

// -- requests
// --------------------------------------------------------------------

void beast_server::on_request(const session_ptr& x,
                              const web_request& request) {
  ++requests_;
  auto action = judge(request, config_.site);
  if (auto* done = std::get_if<web_reply>(&action))
    x->answer(*done);
  else if (auto* command = std::get_if<ask_control>(&action))
    ask(x, command);
  else if (std::holds_alternative<ask_metrics>(action))
    ask(x, nullptr);
  else if (std::holds_alternative<ask_latest>(action))
    latest(x);
  else if (std::holds_alternative<ask_transitions>(action))
    transitions(x);
  else
    listen(x, std::get<ask_events>(action).kinds);
}

/// `command`: null for the metrics.
void beast_server::ask(const session_ptr& x, const ask_control* command) {
  std::size_t owned = 0;
  for (const auto& one : sessions_)
    owned += one->owned();
  if (!asking_) {
    x->answer(refuse(503, "stopping", "the daemon stops"));
    return;
  }
  if (open_.size() >= config_.limits.open_requests
      || owned > config_.limits.replies) {
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
  if (!asked.empty()) // or it came too late
    asked.mapped().client->answer(reply_of(asked.mapped(), x.body));
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
               + (board_.config_ok() ? "true}" : "false}");
  else
    out.text = body;
  return out;
}

// -- what was published
// ----------------------------------------------------------

void beast_server::latest(const session_ptr& x) {
  struct walk {
    std::string after;
    bool done = false;
    bool begun = false;
    bool any = false;
  };
  x->stream("application/json", [this, state = walk{}]() mutable {
    std::string out;
    if (!std::exchange(state.begun, true))
      out = "{\"ok\":true,\"assessments\":[";
    else if (state.done)
      return out;
    while (!state.done && out.size() < piece_size)
      for (const auto& one : board_.last_values(
             state.after, bit_of(event_kind::risk), piece_size, state.done))
        out.append(std::exchange(state.any, true) ? "," : "")
          .append(json_of(one.payload));
    if (state.done)
      out += "]}";
    return out;
  });
}

void beast_server::transitions(const session_ptr& x) {
  web_reply out;
  out.text = "{\"ok\":true,\"transitions\":[";
  bool any = false;
  for (const auto& one : board_.transitions(wall_now()))
    out.text.append(std::exchange(any, true) ? "," : "").append(one);
  out.text += "]}";
  x->answer(out);
}

void beast_server::listen(const session_ptr& x, event_kinds kinds) {
  if (listening_.size() >= config_.limits.event_clients) {
    x->answer(refuse(503, "busy", "too many listeners; close some pages"));
    return;
  }
  // First, so that nothing new is missed while the last values go out.
  listening_.insert(x);
  retune();
  x->listen(kinds, [this, kinds, after = std::string{},
                    done = false]() mutable {
    std::string out;
    while (!done && out.empty())
      for (const auto& one : board_.last_values(after, kinds, piece_size, done))
        append_event(out, one.kind, one.topic, one.payload);
    return out;
  });
  if (!x->listens()) { // a HEAD request, or it is gone already
    listening_.erase(x);
    retune();
  } else if (listening_.size() == 1) {
    keep_alive();
  }
}

/// All listeners together get so much; each at least that.
void beast_server::retune() {
  constexpr std::size_t least = 16u << 10;
  constexpr std::size_t most = 256u << 10;
  constexpr std::size_t all = 2u << 20;
  const auto n = listening_.size();
  listeners_ = n;
  board_.listen(n == 0 ? 0 : std::clamp(all / n, least, most));
}

void beast_server::schedule_news() {
  if (std::exchange(news_due_, true))
    return;
  news_.expires_at(last_news_ + pause());
  news_.async_wait([this](error_code ec) {
    if (!ec)
      tell_news();
  });
}

void beast_server::tell_news() {
  news_due_ = false;
  last_news_ = std::chrono::steady_clock::now();
  bool more = false;
  const auto events = board_.take(more);
  std::unordered_map<event_kinds, shared_text> texts;
  // One that is cut off leaves the set.
  for (const auto& x :
       std::vector<session_ptr>{listening_.begin(), listening_.end()}) {
    const auto kinds = x->listens().value_or(0);
    auto& text = texts[kinds];
    if (!text) {
      std::string out;
      for (const auto& one : events)
        if ((kinds & bit_of(one.kind)) != 0)
          append_event(out, one.kind, one.topic, one.payload);
      text = std::make_shared<const std::string>(std::move(out));
    }
    if (!text->empty())
      x->send(text);
  }
  if (more)
    schedule_news();
}

/// Middlemen close what is silent for long.
void beast_server::keep_alive() {
  comments_.expires_after(15s);
  comments_.async_wait([this](error_code ec) {
    if (ec || listening_.empty())
      return;
    const auto text = std::make_shared<const std::string>(": still here\n\n");
    for (const auto& x :
         std::vector<session_ptr>{listening_.begin(), listening_.end()})
      x->send(text);
    keep_alive();
  });
}

class web_outbox final : public outbox {
public:
  web_outbox(std::shared_ptr<outbox> next, std::shared_ptr<web_server> web)
    : next_(std::move(next)), web_(std::move(web)) {
    // nop
  }

  void publish(std::vector<out_frame> frames) override {
    web_->publish(frames);
    next_->publish(std::move(frames));
  }

  void reply(control_reply reply) override {
    if (is_web_route(reply.route))
      web_->reply(std::move(reply));
    else
      next_->reply(std::move(reply));
  }

private:
  std::shared_ptr<outbox> next_;
  std::shared_ptr<web_server> web_;
};

} // namespace

bool is_web_route(const std::vector<std::string>& route) noexcept {
  return !route.empty() && route.front().empty();
}

std::shared_ptr<web_server> make_web_server(web_server_config config) {
  return std::make_shared<beast_server>(std::move(config));
}

std::shared_ptr<outbox> make_web_outbox(std::shared_ptr<outbox> next,
                                        std::shared_ptr<web_server> web) {
  return std::make_shared<web_outbox>(std::move(next), std::move(web));
}

} // namespace riskbreaker::transport
