#pragma once

#include "app/daemon.hpp"
#include "tests/bench/child.hpp"
#include "tests/bench/pipeline_peers.hpp"

#include <spdlog/spdlog.h>
#include <zmq.hpp>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <string>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

// The systems that are measured, each a process, and how.

namespace riskbreaker::bench {

/// Tells the parent its two addresses by a pipe, then works until killed.
inline void forward(int tell, shared_board& board, std::size_t padded = 0) {
  zmq::context_t context;
  zmq::socket_t pull{context, zmq::socket_type::pull};
  zmq::socket_t xpub{context, zmq::socket_type::xpub};
  pull.bind("tcp://127.0.0.1:*");
  xpub.set(zmq::sockopt::sndhwm, 0);
  xpub.bind("tcp://127.0.0.1:*");
  auto text = pull.get(zmq::sockopt::last_endpoint) + " "
              + xpub.get(zmq::sockopt::last_endpoint);
  if (write(tell, text.data(), text.size()) < 0)
    return;
  zmq::message_t x;
  for (std::uint64_t i = 1;; ++i) {
    if (!pull.recv(x))
      continue;
    if (padded > x.size()) {
      // The same candle in a message as large as an assessment.
      zmq::message_t larger{padded};
      std::memset(larger.data(), ' ', padded);
      std::memcpy(larger.data(), x.data(), x.size());
      x.swap(larger);
    }
    xpub.send(x, zmq::send_flags::none);
    if (i % 1'000 == 0) // asking costs a system call
      board.system_cpu = cpu_seconds();
  }
}

/// What is not the same for all daemons.
struct daemon_kind {
  config::journal_settings journal{};
  bool web = false;
  bool msgpack = false;
};

inline void run_daemon(int tell, shared_board& board, const daemon_kind& kind) {
  spdlog::set_level(spdlog::level::off);
  auto loaded = config::load_text(R"({
    "transport": {"candles": {"bind": "tcp://127.0.0.1:*"},
                  "results": {"bind": "tcp://127.0.0.1:*"},
                  "control": {"bind": "tcp://127.0.0.1:*"}},
    "strategies": {"s": {"llm": {"endpoints": []}}}})");
  if (!loaded.value)
    return;
  loaded.value->journal = kind.journal;
  loaded.value->http.bind.reset();
  if (kind.web)
    loaded.value->http.bind = "127.0.0.1:0";
  if (kind.msgpack)
    loaded.value->transport.results_encoding = config::encoding::msgpack;
  if (board.keys.server_secret[0] != 0) {
    auto& curve = loaded.value->transport.curve.emplace();
    curve.secret_key = board.keys.server_secret;
    curve.clients.candles.keys = {board.keys.client_public};
    curve.clients.results.keys = {board.keys.client_public};
  }
  app::daemon system{{std::move(*loaded.value), {}, {}}};
  system.start();
  auto text = system.candles_endpoint() + " " + system.results_endpoint() + " "
              + system.web_url();
  if (write(tell, text.data(), text.size()) < 0)
    return;
  for (;;) {
    std::this_thread::sleep_for(std::chrono::milliseconds{20});
    board.system_cpu = cpu_seconds();
  }
}

struct outcome {
  double per_second = 0;
  double p50_us = 0;
  double p99_us = 0;
  double cpu_us = 0; ///< of the system, per candle
  std::int64_t received = 0;
  std::size_t message_bytes = 0; ///< topic and payload, on average
};

inline outcome measure(shared_board& board,
                       const std::function<void(int, shared_board&)>& system,
                       std::int64_t count, double rate, int listeners = 0) {
  board.subscribed = false;
  board.received = 0;
  board.system_cpu = 0;
  int ends[2];
  if (pipe(ends) != 0)
    std::exit(1);
  auto system_pid = in_child([&] { system(ends[1], board); });
  char text[256] = {};
  if (read(ends[0], text, sizeof text - 1) <= 0)
    std::exit(1);
  std::string both{text};
  auto in = both.substr(0, both.find(' '));
  auto out = both.substr(both.find(' ') + 1);
  out = out.substr(0, out.find(' '));
  pid_t load_pid = 0;
  if (listeners > 0) {
    auto port = std::atoi(both.c_str() + both.rfind(':') + 1);
    board.web.ready = false;
    load_pid = in_child([&] {
      run_web_load(static_cast<std::uint16_t>(port), listeners, 50, board.web);
    });
    while (!board.web.ready)
      std::this_thread::sleep_for(std::chrono::milliseconds{5});
  }
  auto sub_pid = in_child([&] { subscribe(board, out, count); });
  auto push_pid = in_child([&] { push(board, in, count, rate); });
  waitpid(push_pid, nullptr, 0);
  waitpid(sub_pid, nullptr, 0);
  std::this_thread::sleep_for(std::chrono::milliseconds{40});
  for (auto pid : {load_pid, system_pid})
    if (pid > 0) {
      kill(pid, SIGKILL);
      waitpid(pid, nullptr, 0);
    }
  close(ends[0]);
  close(ends[1]);
  outcome x;
  x.received = board.received;
  x.message_bytes = static_cast<std::size_t>(
    board.received_bytes / std::max<std::int64_t>(1, x.received));
  x.per_second
    = double(x.received) * 1e9 / double(board.last_ns - board.sent_ns[0]);
  x.cpu_us
    = board.system_cpu * 1e6 / double(std::max<std::int64_t>(1, x.received));
  std::vector<std::int64_t> latencies(board.latency_ns,
                                      board.latency_ns + x.received);
  std::sort(latencies.begin(), latencies.end());
  if (!latencies.empty()) {
    x.p50_us = double(latencies[latencies.size() / 2]) / 1e3;
    x.p99_us = double(latencies[latencies.size() * 99 / 100]) / 1e3;
  }
  return x;
}

} // namespace riskbreaker::bench
