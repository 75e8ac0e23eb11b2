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

  http_client_config x_config;
  curl_poller x_poller;
  std::unordered_map<std::uint64_t, transfer_ptr> x_open;
  std::vector<CURL*> x_spare;

  std::mutex x_mutex; ///< guards what stands below
  std::vector<command> x_commands;
  std::uint64_t x_last_id = 0;
  bool x_woken = false; ///< one wake-up is enough for many commands
  bool x_stopping = false;
  bool x_closed = false; ///< the thread takes no more commands

  std::thread x_thread; ///< the last, so that it finds all the rest
};

void refuse(curl_transfer& transfer) {
  transfer.answer(transfer.failed(http_fault::cancelled, "cancelled"));
}

curl_client::curl_client(http_client_config config)
  : x_config(std::move(config)),
    x_poller(x_config.pooled_connections),
    x_thread([this] { run(); }) {
  // nop
}

curl_client::~curl_client() {
  {
    std::lock_guard guard{x_mutex};
    x_stopping = true;
  }
  x_poller.wake();
  x_thread.join();
  for (auto* easy : x_spare)
    curl_easy_cleanup(easy);
}

std::uint64_t curl_client::submit(http_request request, callback done) {
  std::unique_lock guard{x_mutex};
  const auto id = ++x_last_id;
  auto transfer
    = std::make_unique<curl_transfer>(id, std::move(request), std::move(done));
  if (!x_closed) {
    push(std::move(transfer));
    return id;
  }
  guard.unlock();
  refuse(*transfer);
  return id;
}

void curl_client::cancel(std::uint64_t id) {
  std::lock_guard guard{x_mutex};
  if (!x_closed)
    push(id);
}

void curl_client::push(command&& cmd) {
  x_commands.push_back(std::move(cmd));
  if (!std::exchange(x_woken, true))
    x_poller.wake();
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
      std::lock_guard guard{x_mutex};
      if (x_stopping)
        break;
      x_commands.swap(commands);
      x_woken = false;
    }
    for (auto& cmd : commands)
      if (auto* transfer = std::get_if<transfer_ptr>(&cmd))
        start(std::move(*transfer));
      else
        settle(std::get<std::uint64_t>(cmd), std::nullopt);
    commands.clear();
    x_poller.wait();
    x_poller.reap([this](CURL* easy, CURLcode code) {
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
    while (!x_open.empty())
      settle(x_open.begin()->first, std::nullopt);
    std::vector<command> commands;
    {
      std::lock_guard guard{x_mutex};
      commands.swap(x_commands);
      x_closed = commands.empty();
      if (x_closed)
        return;
    }
    for (auto& cmd : commands)
      if (auto* transfer = std::get_if<transfer_ptr>(&cmd))
        refuse(**transfer);
  }
}

void curl_client::start(transfer_ptr transfer) {
  auto* easy = x_spare.empty() ? curl_easy_init() : x_spare.back();
  if (!x_spare.empty())
    x_spare.pop_back();
  if (!easy) {
    transfer->answer(
      transfer->failed(http_fault::unreachable, "out of memory"));
    return;
  }
  auto refused = transfer->prepare(easy, x_config);
  if (!refused && !x_poller.add(easy))
    refused = transfer->failed(http_fault::unreachable,
                               "libcurl did not take the request");
  if (refused) {
    recycle(easy);
    transfer->answer(std::move(*refused));
    return;
  }
  const auto id = transfer->id();
  x_open.emplace(id, std::move(transfer));
}

/// Ends an open request: with libcurl's result, or cancelled without one.
void curl_client::settle(std::uint64_t id, std::optional<CURLcode> code) {
  auto node = x_open.extract(id);
  if (node.empty())
    return;
  auto& transfer = *node.mapped();
  auto reply = code ? transfer.finish(*code)
                    : transfer.failed(http_fault::cancelled, "cancelled");
  x_poller.remove(transfer.easy());
  recycle(transfer.easy());
  transfer.answer(std::move(reply));
}

void curl_client::recycle(CURL* easy) {
  if (x_spare.size() >= max_spare_handles) {
    curl_easy_cleanup(easy);
    return;
  }
  curl_easy_reset(easy);
  x_spare.push_back(easy);
}

} // namespace

std::unique_ptr<http_client> make_curl_client(http_client_config config) {
  return std::make_unique<curl_client>(std::move(config));
}

} // namespace riskbreaker::transport
