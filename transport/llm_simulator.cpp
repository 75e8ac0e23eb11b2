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
    return endpoint_.port();
  }

private:
  void listen();
  void accept();
  void reopen();
  void apply_refusal();
  void close_port();

  llm_desk& desk_;
  asio::io_context io_{1};
  /// Bound but never listening: while the port is closed, nobody else gets it.
  tcp::socket placeholder_{io_};
  tcp::acceptor acceptor_{io_};
  tcp::endpoint endpoint_;
  asio::steady_timer retry_{io_};
  asio::steady_timer reopen_{io_};
  std::vector<asio::steady_timer> timeline_;
  llm_session_hooks hooks_;
  std::unordered_set<std::shared_ptr<llm_session>> sessions_;
  std::thread thread_;
};

llm_simulator::server::server(llm_desk& desk,
                              const llm_simulator_config& config)
  : desk_(desk),
    hooks_{[this](const desk_request& x) { return desk_.answer(x); },
           [this](bool abandoned) { desk_.finished(abandoned); },
           [this] { apply_refusal(); }, // a control request may ask for it
           [this](const auto& client) {
             sessions_.erase(client);
           }} {
  const auto where = config.bind + ':' + std::to_string(config.port);
  error_code ec;
  const auto address = asio::ip::make_address(config.bind, ec);
  endpoint_ = {address, config.port};
  try {
    if (ec)
      throw boost::system::system_error(ec);
    placeholder_.open(endpoint_.protocol());
    placeholder_.set_option(asio::socket_base::reuse_address{true});
    placeholder_.bind(endpoint_);
    endpoint_ = placeholder_.local_endpoint();
    listen();
  } catch (const boost::system::system_error& error) {
    throw std::runtime_error("cannot listen on " + where + ": "
                             + error.code().message());
  }
}

void llm_simulator::server::run(const llm_timeline& timeline) {
  for (const auto& entry : timeline) {
    auto& timer = timeline_.emplace_back(io_, entry.at);
    timer.async_wait([this, fault = entry.fault](error_code ec) {
      if (ec)
        return;
      desk_.set_fault(fault);
      apply_refusal();
    });
  }
  apply_refusal();
  thread_ = std::thread{[this] {
    sigset_t all; // signals belong to main
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, nullptr);
    pthread_setname_np(pthread_self(), "llm-simulator");
    const auto work = asio::make_work_guard(io_);
    io_.run();
  }};
}

void llm_simulator::server::stop() {
  if (!thread_.joinable())
    return;
  asio::post(io_, [this] {
    close_port();
    io_.stop();
  });
  thread_.join();
}

void llm_simulator::server::sync() {
  std::promise<void> done;
  asio::post(io_, [this, &done] {
    apply_refusal();
    done.set_value();
  });
  done.get_future().wait();
}

void llm_simulator::server::listen() {
  acceptor_.open(endpoint_.protocol());
  acceptor_.set_option(asio::socket_base::reuse_address{true});
  acceptor_.bind(endpoint_);
  acceptor_.listen();
  accept();
}

void llm_simulator::server::accept() {
  acceptor_.async_accept([this](error_code ec, tcp::socket socket) {
    if (!acceptor_.is_open())
      return;
    if (ec) { // no descriptors left: sessions that end will free some
      retry_.expires_after(20ms);
      retry_.async_wait([this](error_code stopped) {
        if (!stopped && acceptor_.is_open())
          accept();
      });
      return;
    }
    error_code ignored;
    socket.set_option(tcp::no_delay{true}, ignored);
    desk_.connected();
    sessions_.insert(serve_llm_session(std::move(socket), hooks_));
    accept();
  });
}

void llm_simulator::server::reopen() {
  try {
    listen();
  } catch (const boost::system::system_error&) { // no descriptors left
    error_code ignored;
    acceptor_.close(ignored);
    retry_.expires_after(20ms);
    retry_.async_wait([this](error_code ec) {
      if (!ec)
        apply_refusal();
    });
  }
}

void llm_simulator::server::apply_refusal() {
  const auto fault = desk_.fault();
  reopen_.cancel();
  if (fault.kind != llm_fault_kind::refuse) {
    if (!acceptor_.is_open())
      reopen();
    return;
  }
  if (acceptor_.is_open())
    close_port();
  if (fault.wait <= 0ms)
    return;
  reopen_.expires_after(fault.wait);
  reopen_.async_wait([this](error_code ec) {
    if (ec || desk_.fault().kind != llm_fault_kind::refuse)
      return;
    desk_.set_fault({});
    apply_refusal();
  });
}

void llm_simulator::server::close_port() {
  error_code ignored;
  acceptor_.close(ignored);
  retry_.cancel();
  for (const auto& client : std::exchange(sessions_, {}))
    client->drop(true);
}

llm_simulator::llm_simulator(llm_simulator_config config)
  : config_(std::move(config)), desk_(config_.seed, config_.fault) {
  // nop
}

llm_simulator::~llm_simulator() {
  stop();
}

void llm_simulator::start() {
  server_ = std::make_unique<server>(desk_, config_);
  port_ = server_->port();
  server_->run(config_.timeline);
}

void llm_simulator::stop() {
  server_.reset();
}

std::uint16_t llm_simulator::port() const noexcept {
  return port_;
}

std::string llm_simulator::url() const {
  const bool v6 = config_.bind.find(':') != std::string::npos;
  return "http://" + (v6 ? '[' + config_.bind + ']' : config_.bind) + ':'
         + std::to_string(port_) + "/v1";
}

std::optional<std::string> llm_simulator::set_fault(std::string_view text) {
  auto fault = parse_llm_fault(text);
  if (auto* error = std::get_if<std::string>(&fault))
    return std::move(*error);
  desk_.set_fault(std::move(std::get<llm_fault>(fault)));
  if (server_)
    server_->sync();
  return std::nullopt;
}

llm_simulator_counts llm_simulator::counts() const {
  return desk_.counts();
}

} // namespace riskbreaker::transport
