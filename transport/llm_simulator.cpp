#include "transport/llm_simulator.hpp"

#include "transport/llm_session.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <csignal>
#include <future>
#include <pthread.h>
#include <stdexcept>
#include <thread>
#include <unordered_set>
#include <utility>

namespace riskbreaker::transport {

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using namespace std::chrono_literals;

} // namespace

/// Everything but the constructor, `stop` and `sync` runs on its one thread.
class llm_simulator::server {
public:
  server(llm_desk& desk, const llm_simulator_config& config);
  ~server() {
    stop();
  }

  void run(const llm_timeline& timeline);
  void stop();
  /// Opens or closes the port as the present fault wants it.
  void sync();
  std::uint16_t port() const {
    return x_endpoint.port();
  }

private:
  void listen();
  void accept();
  void reopen();
  void apply_refusal();
  void close_port();

  llm_desk& x_desk;
  asio::io_context x_io{1};
  /// Bound but never listening: while the port is closed, nobody else gets it.
  tcp::socket x_placeholder{x_io};
  tcp::acceptor x_acceptor{x_io};
  tcp::endpoint x_endpoint;
  asio::steady_timer x_retry{x_io};
  asio::steady_timer x_reopen{x_io};
  std::vector<asio::steady_timer> x_timeline;
  llm_session_hooks x_hooks;
  std::unordered_set<std::shared_ptr<llm_session>> x_sessions;
  std::thread x_thread;
};

llm_simulator::server::server(llm_desk& desk,
                              const llm_simulator_config& config)
  : x_desk(desk),
    x_hooks{[this](const desk_request& x) { return x_desk.answer(x); },
            [this](bool abandoned) { x_desk.finished(abandoned); },
            [this] { apply_refusal(); }, // a control request may ask for it
            [this](const auto& client) {
              x_sessions.erase(client);
            }} {
  const auto where = config.bind + ':' + std::to_string(config.port);
  error_code ec;
  const auto address = asio::ip::make_address(config.bind, ec);
  x_endpoint = {address, config.port};
  try {
    if (ec)
      throw boost::system::system_error(ec);
    x_placeholder.open(x_endpoint.protocol());
    x_placeholder.set_option(asio::socket_base::reuse_address{true});
    x_placeholder.bind(x_endpoint);
    x_endpoint = x_placeholder.local_endpoint();
    listen();
  } catch (const boost::system::system_error& error) {
    throw std::runtime_error("cannot listen on " + where + ": "
                             + error.code().message());
  }
}

void llm_simulator::server::run(const llm_timeline& timeline) {
  for (const auto& entry : timeline) {
    auto& timer = x_timeline.emplace_back(x_io, entry.at);
    timer.async_wait([this, fault = entry.fault](error_code ec) {
      if (ec)
        return;
      x_desk.set_fault(fault);
      apply_refusal();
    });
  }
  apply_refusal();
  x_thread = std::thread{[this] {
    sigset_t all; // signals belong to main
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, nullptr);
    pthread_setname_np(pthread_self(), "llm-simulator");
    const auto work = asio::make_work_guard(x_io);
    x_io.run();
  }};
}

void llm_simulator::server::stop() {
  if (!x_thread.joinable())
    return;
  asio::post(x_io, [this] {
    close_port();
    x_io.stop();
  });
  x_thread.join();
}

void llm_simulator::server::sync() {
  std::promise<void> done;
  asio::post(x_io, [this, &done] {
    apply_refusal();
    done.set_value();
  });
  done.get_future().wait();
}

void llm_simulator::server::listen() {
  x_acceptor.open(x_endpoint.protocol());
  x_acceptor.set_option(asio::socket_base::reuse_address{true});
  x_acceptor.bind(x_endpoint);
  x_acceptor.listen();
  accept();
}

void llm_simulator::server::accept() {
  x_acceptor.async_accept([this](error_code ec, tcp::socket socket) {
    if (!x_acceptor.is_open())
      return;
    if (ec) { // no descriptors left: sessions that end will free some
      x_retry.expires_after(20ms);
      x_retry.async_wait([this](error_code stopped) {
        if (!stopped && x_acceptor.is_open())
          accept();
      });
      return;
    }
    error_code ignored;
    socket.set_option(tcp::no_delay{true}, ignored);
    x_desk.connected();
    x_sessions.insert(serve_llm_session(std::move(socket), x_hooks));
    accept();
  });
}

void llm_simulator::server::reopen() {
  try {
    listen();
  } catch (const boost::system::system_error&) { // no descriptors left
    error_code ignored;
    x_acceptor.close(ignored);
    x_retry.expires_after(20ms);
    x_retry.async_wait([this](error_code ec) {
      if (!ec)
        apply_refusal();
    });
  }
}

void llm_simulator::server::apply_refusal() {
  const auto fault = x_desk.fault();
  x_reopen.cancel();
  if (fault.kind != llm_fault_kind::refuse) {
    if (!x_acceptor.is_open())
      reopen();
    return;
  }
  if (x_acceptor.is_open())
    close_port();
  if (fault.wait <= 0ms)
    return;
  x_reopen.expires_after(fault.wait);
  x_reopen.async_wait([this](error_code ec) {
    if (ec || x_desk.fault().kind != llm_fault_kind::refuse)
      return;
    x_desk.set_fault({});
    apply_refusal();
  });
}

void llm_simulator::server::close_port() {
  error_code ignored;
  x_acceptor.close(ignored);
  x_retry.cancel();
  for (const auto& client : std::exchange(x_sessions, {}))
    client->drop(true);
}

llm_simulator::llm_simulator(llm_simulator_config config)
  : x_config(std::move(config)), x_desk(x_config.seed, x_config.fault) {
  // nop
}

llm_simulator::~llm_simulator() {
  stop();
}

void llm_simulator::start() {
  x_server = std::make_unique<server>(x_desk, x_config);
  x_port = x_server->port();
  x_server->run(x_config.timeline);
}

void llm_simulator::stop() {
  x_server.reset();
}

std::uint16_t llm_simulator::port() const noexcept {
  return x_port;
}

std::string llm_simulator::url() const {
  const bool v6 = x_config.bind.find(':') != std::string::npos;
  return "http://" + (v6 ? '[' + x_config.bind + ']' : x_config.bind) + ':'
         + std::to_string(x_port) + "/v1";
}

std::optional<std::string> llm_simulator::set_fault(std::string_view text) {
  auto fault = parse_llm_fault(text);
  if (auto* error = std::get_if<std::string>(&fault))
    return std::move(*error);
  x_desk.set_fault(std::move(std::get<llm_fault>(fault)));
  if (x_server)
    x_server->sync();
  return std::nullopt;
}

llm_simulator_counts llm_simulator::counts() const {
  return x_desk.counts();
}

} // namespace riskbreaker::transport
