#pragma once

#include "tests/bench/web_load.hpp"

#include <zmq.hpp>

#include <atomic>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <sys/mman.h>
#include <sys/resource.h>
#include <thread>
#include <vector>

// The pusher and the subscriber of the pipeline's benchmark, each a process.

namespace riskbreaker::bench {

using clock_type = std::chrono::steady_clock;

inline constexpr int pair_count = 100;
inline constexpr std::int64_t first_open = 1'600'000'200'000;
inline constexpr std::int64_t five_minutes = 300'000;
inline constexpr std::int64_t max_candles = 2'000'000;

/// CURVE keys of all; empty texts: no encryption.
struct board_keys {
  char server_public[41];
  char server_secret[41];
  char client_public[41];
  char client_secret[41];
};

/// What the processes tell each other; the clock is the machine's.
struct shared_board {
  board_keys keys;
  std::atomic<bool> subscribed;
  std::atomic<std::int64_t> received;
  std::atomic<std::int64_t> received_bytes; ///< of topics and payloads
  std::atomic<std::int64_t> first_ns;
  std::atomic<std::int64_t> last_ns;
  std::atomic<double> system_cpu;
  web_load_counts web;
  std::int64_t sent_ns[max_candles];
  std::int64_t latency_ns[max_candles];
};

/// In memory that all processes share. Ends the program where there is none.
inline shared_board& make_board() {
  auto* memory = mmap(nullptr, sizeof(shared_board), PROT_READ | PROT_WRITE,
                      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED)
    std::exit(1);
  return *new (memory) shared_board;
}

inline std::int64_t now_ns() {
  return clock_type::now().time_since_epoch().count();
}

inline std::string frame(std::int64_t i) {
  char out[256];
  auto close = 100.0 + double((i * 7919) % 1000) / 100;
  auto n = std::snprintf(
    out, sizeof out,
    R"({"pair":"P%02d/USDT","timeframe":"5m","time":%lld,"open":%.2f,)"
    R"("high":%.2f,"low":%.2f,"close":%.2f,"volume":12.5})",
    int(i % pair_count),
    static_cast<long long>(first_open + i / pair_count * five_minutes), close,
    close + 1, close - 1, close);
  return {out, static_cast<std::size_t>(n)};
}

/// Which candle a message is about; works on both systems' output.
inline std::int64_t index_of(std::string_view x) {
  auto pair = x.find("\"pair\":\"P");
  auto time = x.find("\"candle_time\":");
  auto skip = std::strlen("\"candle_time\":");
  if (time == x.npos) {
    time = x.find("\"time\":");
    skip = std::strlen("\"time\":");
  }
  if (pair == x.npos || time == x.npos)
    return -1;
  int p = 0;
  std::int64_t t = 0;
  std::from_chars(x.data() + pair + 9, x.data() + pair + 11, p);
  std::from_chars(x.data() + time + skip, x.data() + x.size(), t);
  return (t - first_open) / five_minutes * pair_count + p;
}

inline void use_keys(zmq::socket_t& socket, const board_keys& keys) {
  if (keys.server_public[0] == 0)
    return;
  socket.set(zmq::sockopt::curve_serverkey, std::string{keys.server_public});
  socket.set(zmq::sockopt::curve_publickey, std::string{keys.client_public});
  socket.set(zmq::sockopt::curve_secretkey, std::string{keys.client_secret});
}

inline void subscribe(shared_board& board, const std::string& endpoint,
                      std::int64_t count) {
  zmq::context_t context;
  zmq::socket_t socket{context, zmq::socket_type::sub};
  socket.set(zmq::sockopt::rcvhwm, 0);
  socket.set(zmq::sockopt::rcvtimeo, 10'000);
  socket.set(zmq::sockopt::subscribe, "risk.");
  socket.set(zmq::sockopt::subscribe, "{");
  use_keys(socket, board.keys);
  socket.connect(endpoint);
  std::this_thread::sleep_for(std::chrono::milliseconds{300});
  board.subscribed = true;
  zmq::message_t x;
  std::size_t bytes = 0;
  for (std::int64_t i = 0; i < count; ++i) {
    if (!socket.recv(x))
      break;
    bytes += x.size();
    if (x.more()) {
      if (!socket.recv(x))
        break;
      bytes += x.size();
    }
    auto t = now_ns();
    if (i == 0)
      board.first_ns = t;
    board.last_ns = t;
    auto index = index_of(x.to_string_view());
    if (index >= 0 && index < max_candles)
      board.latency_ns[i] = t - board.sent_ns[index];
    board.received = i + 1;
    board.received_bytes = static_cast<std::int64_t>(bytes);
  }
}

inline void push(shared_board& board, const std::string& endpoint,
                 std::int64_t count, double rate) {
  std::vector<std::string> frames;
  for (std::int64_t i = 0; i < count; ++i)
    frames.push_back(frame(i));
  zmq::context_t context;
  zmq::socket_t socket{context, zmq::socket_type::push};
  socket.set(zmq::sockopt::sndtimeo, 10'000);
  use_keys(socket, board.keys);
  socket.connect(endpoint);
  while (!board.subscribed)
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
  auto began = clock_type::now();
  for (std::int64_t i = 0; i < count; ++i) {
    if (rate > 0)
      std::this_thread::sleep_until(
        began + std::chrono::nanoseconds{std::int64_t(double(i) / rate * 1e9)});
    board.sent_ns[i] = now_ns();
    socket.send(zmq::buffer(frames[static_cast<std::size_t>(i)]),
                zmq::send_flags::none);
  }
}

inline double cpu_seconds() {
  rusage x{};
  getrusage(RUSAGE_SELF, &x);
  return double(x.ru_utime.tv_sec + x.ru_stime.tv_sec)
         + double(x.ru_utime.tv_usec + x.ru_stime.tv_usec) / 1e6;
}

} // namespace riskbreaker::bench
