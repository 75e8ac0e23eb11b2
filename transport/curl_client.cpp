#include "transport/curl_poller.hpp"
#include "transport/curl_transfer.hpp"
#include "transport/http_client.hpp"

#include <csignal>
#include <mutex>
#include <pthread.h>
#include <thread>
#include <unordered_map>
#include <utility>
#include <variant>

namespace riskbreaker::transport {

namespace {

using core::http_fault;

constexpr std::size_t max_spare_handles = 64;

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
  void start(transfer_ptr transfer);
  void settle(std::uint64_t id, std::optional<CURLcode> code);
  void recycle(CURL* easy);
  void push(command&& cmd);

  http_client_config config_;
  curl_poller poller_;
  std::unordered_map<std::uint64_t, transfer_ptr> open_;
  std::vector<CURL*> spare_;

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
  for (auto* easy : spare_)
    curl_easy_cleanup(easy);
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
    poller_.wait();
    poller_.reap([this](CURL* easy, CURLcode code) {
      curl_transfer* transfer = nullptr;
      curl_easy_getinfo(easy, CURLINFO_PRIVATE, &transfer);
      settle(transfer->id(), code);
    });
  }
  drain();
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
  auto* easy = spare_.empty() ? curl_easy_init() : spare_.back();
  if (!spare_.empty())
    spare_.pop_back();
  if (!easy) {
    transfer->answer(
      transfer->failed(http_fault::unreachable, "out of memory"));
    return;
  }
  auto refused = transfer->prepare(easy, config_);
  if (!refused && !poller_.add(easy))
    refused = transfer->failed(http_fault::unreachable,
                               "libcurl did not take the request");
  if (refused) {
    recycle(easy);
    transfer->answer(std::move(*refused));
    return;
  }
  const auto id = transfer->id();
  open_.emplace(id, std::move(transfer));
}

/// Ends an open request: with libcurl's result, or cancelled without one.
void curl_client::settle(std::uint64_t id, std::optional<CURLcode> code) {
  auto node = open_.extract(id);
  if (node.empty())
    return;
  auto& transfer = *node.mapped();
  auto reply = code ? transfer.finish(*code)
                    : transfer.failed(http_fault::cancelled, "cancelled");
  poller_.remove(transfer.easy());
  recycle(transfer.easy());
  transfer.answer(std::move(reply));
}

void curl_client::recycle(CURL* easy) {
  if (spare_.size() >= max_spare_handles) {
    curl_easy_cleanup(easy);
    return;
  }
  curl_easy_reset(easy);
  spare_.push_back(easy);
}

} // namespace

std::unique_ptr<http_client> make_curl_client(http_client_config config) {
  return std::make_unique<curl_client>(std::move(config));
}

} // namespace riskbreaker::transport
