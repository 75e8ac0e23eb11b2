#include "transport/connection_care.hpp"
#include "transport/curl_poller.hpp"
#include "transport/curl_transfer.hpp"
#include "transport/http_client.hpp"

#include <csignal>
#include <mutex>
#include <pthread.h>
#include <set>
#include <thread>
#include <unordered_map>
#include <utility>
#include <variant>

namespace riskbreaker::transport {

namespace {

using core::http_fault;
using namespace std::chrono_literals;

/// libcurl, which knows more, ends a request whose time is over first.
constexpr auto tardiness = 30ms;

/// Everything but `submit`, `cancel` and the destructor runs on the client's
/// own thread.
class curl_client final : public http_client {
public:
  explicit curl_client(http_client_config config);
  ~curl_client() override;

  std::uint64_t submit(http_request request, callback done) override;
  void cancel(std::uint64_t id) override;

private:
  using transfer_ptr = std::unique_ptr<curl_transfer>;
  using command = std::variant<transfer_ptr, std::uint64_t>; // start or cancel

  void run();
  void drain();
  void expire();
  void start(transfer_ptr transfer);
  void settle(std::uint64_t id, std::optional<CURLcode> code);
  void push(command&& cmd);

  http_client_config config_;
  curl_poller poller_;
  connection_care care_;
  std::unordered_map<std::uint64_t, transfer_ptr> open_;
  std::set<std::pair<core::steady_time, std::uint64_t>>
    deadlines_; ///< of these

  std::mutex mutex_; ///< guards what stands below
  std::vector<command> commands_;
  std::uint64_t last_id_ = 0;
  bool woken_ = false; ///< one wake-up is enough for many commands
  bool stopping_ = false;
  bool closed_ = false; ///< the thread takes no more commands

  std::thread thread_; ///< the last, so that it finds all the rest
};

void refuse(curl_transfer& transfer) {
  transfer.answer(transfer.failed(http_fault::cancelled, "cancelled"));
}

curl_client::curl_client(http_client_config config)
  : config_(std::move(config)),
    poller_(config_.pooled_connections),
    thread_([this] { run(); }) {
  // nop
}

curl_client::~curl_client() {
  {
    std::lock_guard guard{mutex_};
    stopping_ = true;
  }
  poller_.wake();
  thread_.join();
}

std::uint64_t curl_client::submit(http_request request, callback done) {
  std::unique_lock guard{mutex_};
  const auto id = ++last_id_;
  auto transfer
    = std::make_unique<curl_transfer>(id, std::move(request), std::move(done));
  if (!closed_) {
    push(std::move(transfer));
    return id;
  }
  guard.unlock();
  refuse(*transfer);
  return id;
}

void curl_client::cancel(std::uint64_t id) {
  std::lock_guard guard{mutex_};
  if (!closed_)
    push(id);
}

void curl_client::push(command&& cmd) {
  commands_.push_back(std::move(cmd));
  if (!std::exchange(woken_, true))
    poller_.wake();
}

void curl_client::run() {
  // Signals belong to main. This also keeps SIGPIPE, which a TLS write to a
  // closed connection raises, from ending the process.
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, nullptr);
  pthread_setname_np(pthread_self(), "http-client");
  std::vector<command> commands;
  for (;;) {
    {
      std::lock_guard guard{mutex_};
      if (stopping_)
        break;
      commands_.swap(commands);
      woken_ = false;
    }
    for (auto& cmd : commands)
      if (auto* transfer = std::get_if<transfer_ptr>(&cmd))
        start(std::move(*transfer));
      else
        settle(std::get<std::uint64_t>(cmd), std::nullopt);
    commands.clear();
    poller_.wait(deadlines_.empty()
                   ? std::nullopt
                   : std::optional{deadlines_.begin()->first + tardiness});
    poller_.reap([this](CURL* easy, CURLcode code) {
      curl_transfer* transfer = nullptr;
      curl_easy_getinfo(easy, CURLINFO_PRIVATE, &transfer);
      settle(transfer->id(), code);
    });
    expire();
  }
  drain();
}

/// While a request waits for another one's connection libcurl does not look at
/// its time.
void curl_client::expire() {
  const auto late = std::chrono::steady_clock::now() - tardiness;
  while (!deadlines_.empty() && deadlines_.begin()->first <= late)
    settle(deadlines_.begin()->second, CURLE_OPERATION_TIMEDOUT);
}

/// Cancels until nothing is left, also what callbacks submit meanwhile.
void curl_client::drain() {
  for (;;) {
    while (!open_.empty())
      settle(open_.begin()->first, std::nullopt);
    std::vector<command> commands;
    {
      std::lock_guard guard{mutex_};
      commands.swap(commands_);
      closed_ = commands.empty();
      if (closed_)
        return;
    }
    for (auto& cmd : commands)
      if (auto* transfer = std::get_if<transfer_ptr>(&cmd))
        refuse(**transfer);
  }
}

void curl_client::start(transfer_ptr transfer) {
  // Never one that was used before: after a request that shared its connection
  // libcurl 7.88 keeps the buffer and forgets how small it is.
  auto* easy = curl_easy_init();
  if (!easy) {
    transfer->answer(
      transfer->failed(http_fault::unreachable, "out of memory"));
    return;
  }
  const auto now = std::chrono::steady_clock::now();
  const auto choice = care_.begin(transfer->url(), now);
  auto refused = transfer->prepare(easy, config_, choice);
  if (!refused && !poller_.add(easy))
    refused = transfer->failed(http_fault::unreachable,
                               "libcurl did not take the request");
  if (refused) {
    care_.end(transfer->url(), choice, connection_sign::none, now);
    curl_easy_cleanup(easy);
    transfer->answer(std::move(*refused));
    return;
  }
  const auto id = transfer->id();
  deadlines_.emplace(transfer->deadline(), id);
  open_.emplace(id, std::move(transfer));
}

/// Ends an open request: with libcurl's result, or cancelled without one.
void curl_client::settle(std::uint64_t id, std::optional<CURLcode> code) {
  auto node = open_.extract(id);
  if (node.empty())
    return;
  auto& transfer = *node.mapped();
  deadlines_.erase({transfer.deadline(), id});
  auto reply = code ? transfer.finish(*code)
                    : transfer.failed(http_fault::cancelled, "cancelled");
  care_.end(transfer.url(), transfer.choice(), transfer.sign_of(reply),
            std::chrono::steady_clock::now());
  poller_.remove(transfer.easy());
  curl_easy_cleanup(transfer.easy());
  transfer.answer(std::move(reply));
}

} // namespace

std::unique_ptr<http_client> make_curl_client(http_client_config config) {
  return std::make_unique<curl_client>(std::move(config));
}

} // namespace riskbreaker::transport
