// PUSH → PUB on the fallback path, against a raw PULL → XPUB forwarder of the
// same frames, in one run: three processes each time (pusher, system,
// subscriber), one-candle JSON frames.
//
//   pipeline_bench [CANDLES] [ROUNDS] [all|llm|none]
//   pipeline_bench [CANDLES] [ROUNDS] web
//
// The third runs it with a journal that keeps those assessments; `web` compares
// the daemon with itself while 200 clients listen to events and 50 scrapes a
// second are answered, all on the same cores.

#include "app/daemon.hpp"
#include "tests/bench/bench_journal.hpp"
#include "tests/bench/child.hpp"
#include "tests/bench/pipeline_peers.hpp"

#include <spdlog/spdlog.h>
#include <zmq.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <string_view>
#include <sys/mman.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace {

using namespace riskbreaker;
using namespace riskbreaker::bench;

/// Tells the parent its two addresses by a pipe, then works until killed.
void forward(int tell, shared_board& board) {
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
    if (pull.recv(x))
      xpub.send(x, zmq::send_flags::none);
    if (i % 1'000 == 0) // asking costs a system call
      board.system_cpu = cpu_seconds();
  }
}

void run_daemon(int tell, shared_board& board,
                const config::journal_settings& journal, bool web = false) {
  spdlog::set_level(spdlog::level::off);
  auto loaded = config::load_text(R"({
    "transport": {"candles": {"bind": "tcp://127.0.0.1:*"},
                  "results": {"bind": "tcp://127.0.0.1:*"},
                  "control": {"bind": "tcp://127.0.0.1:*"}},
    "strategies": {"s": {"llm": {"endpoints": []}}}})");
  if (!loaded.value)
    return;
  loaded.value->journal = journal;
  loaded.value->http.bind.reset();
  if (web)
    loaded.value->http.bind = "127.0.0.1:0";
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
};

outcome measure(shared_board& board,
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

/// The daemon without its HTTP server, with it, and with many who look. Each
/// round measures all, in turns, so that a machine that gets slower harms all.
int compare_web(shared_board& board, std::int64_t count, int rounds) {
  constexpr int listeners = 200;
  bench_journal journal{""};
  std::vector<double> ratios;
  bool lost = false;
  for (int i = 0; i < rounds; ++i) {
    outcome ways[3]; // off, alone, watched
    for (int turn = 0; turn < 3; ++turn) {
      auto way = (turn + i) % 3;
      auto daemon = [&](int tell, shared_board& told) {
        run_daemon(tell, told, journal.settings(), way > 0);
      };
      ways[way] = measure(board, daemon, count, 0, way == 2 ? listeners : 0);
      lost |= ways[way].received != count;
    }
    ratios.push_back(ways[2].per_second / ways[1].per_second);
    std::printf("no HTTP server %8.0f/s (%.2f us cpu)  alone %8.0f/s (%.2f us "
                "cpu)  %d listeners, 50 scrapes/s %8.0f/s (%.2f us cpu)  "
                "ratio of the last two %.3f\n",
                ways[0].per_second, ways[0].cpu_us, ways[1].per_second,
                ways[1].cpu_us, listeners, ways[2].per_second, ways[2].cpu_us,
                ratios.back());
  }
  std::sort(ratios.begin(), ratios.end());
  std::printf("web  median ratio %.3f (target 0.95), %.1f MB of events, "
              "%lld scrapes, %lld listeners cut off\n",
              ratios[ratios.size() / 2], double(board.web.bytes) / 1e6,
              static_cast<long long>(board.web.scrapes),
              static_cast<long long>(board.web.gone));
  if (lost)
    std::fprintf(stderr, "pipeline_bench: candles were lost\n");
  return lost || board.web.gone > 0 || board.web.scrapes == 0 ? 1 : 0;
}

} // namespace

int main(int argc, char** argv) {
  std::int64_t count = argc > 1 ? std::atoll(argv[1]) : 200'000;
  int rounds = argc > 2 ? std::atoi(argv[2]) : 3;
  count = std::clamp<std::int64_t>(count, 1'000, max_candles);
  auto* memory = mmap(nullptr, sizeof(shared_board), PROT_READ | PROT_WRITE,
                      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED)
    return 1;
  auto& board = *new (memory) shared_board;
  if (argc > 3 && std::string_view{argv[3]} == "web")
    return compare_web(board, count, rounds);
  bench_journal journal{argc > 3 ? argv[3] : ""};
  auto daemon = [&](int tell, shared_board& told) {
    journal.forget(); // or the candles would be duplicates
    run_daemon(tell, told, journal.settings());
  };
  std::vector<double> ratios;
  auto lost = false;
  for (int i = 0; i < rounds; ++i) {
    auto raw = measure(board, forward, count, 0);
    auto ours = measure(board, daemon, count, 0);
    lost |= raw.received != count || ours.received != count;
    ratios.push_back(ours.per_second / raw.per_second);
    std::printf("full speed  raw %8.0f/s (%.2f us cpu)  riskbreaker %8.0f/s "
                "(%.2f us cpu)  ratio %.2f  received %lld of %lld\n",
                raw.per_second, raw.cpu_us, ours.per_second, ours.cpu_us,
                ratios.back(), static_cast<long long>(ours.received),
                static_cast<long long>(count));
  }
  if (argc > 3)
    std::printf("journal     %.1f MB\n", journal.megabytes());
  std::sort(ratios.begin(), ratios.end());
  std::printf("full speed  median ratio %.2f (target 0.5)\n",
              ratios[ratios.size() / 2]);
  auto raw
    = measure(board, forward, std::min<std::int64_t>(count, 50'000), 10'000);
  auto ours
    = measure(board, daemon, std::min<std::int64_t>(count, 50'000), 10'000);
  std::printf(
    "10,000/s    raw p50 %.0f us p99 %.0f us  riskbreaker p50 %.0f us "
    "p99 %.0f us  added p50 %.0f us p99 %.0f us (targets 100, 1000)\n",
    raw.p50_us, raw.p99_us, ours.p50_us, ours.p99_us, ours.p50_us - raw.p50_us,
    ours.p99_us - raw.p99_us);
  if (lost)
    std::fprintf(stderr, "pipeline_bench: candles were lost\n");
  return lost ? 1 : 0;
}
