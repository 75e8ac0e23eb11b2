// PUSH → PUB on the fallback path, against a raw PULL → XPUB forwarder of the
// same frames, and one that sends messages as large as ours, in one run: three
// processes each time (pusher, system, subscriber), one-candle JSON frames.
//
//   pipeline_bench [CANDLES] [ROUNDS] [all|llm|none]
//   pipeline_bench [CANDLES] [ROUNDS] web
//
// The third runs it with a journal that keeps those assessments; `web` compares
// the daemon with itself while 200 clients listen to events and 50 scrapes a
// second are answered, all on the same cores.

#include "tests/bench/bench_journal.hpp"
#include "tests/bench/pipeline_systems.hpp"

#include <zmq.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string_view>
#include <vector>

namespace {

using namespace riskbreaker;
using namespace riskbreaker::bench;

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
        run_daemon(tell, told, {journal.settings(), way > 0});
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

void raw_forwarder(int tell, shared_board& board) {
  forward(tell, board);
}

/// The middle ratio, and the least, which tells how steady they were.
struct spread {
  std::vector<double> ratios{};
  double least() {
    return *std::min_element(ratios.begin(), ratios.end());
  }
  double median() {
    std::sort(ratios.begin(), ratios.end());
    return ratios[ratios.size() / 2];
  }
};

/// A forwarder of the candles themselves, one of messages as large as ours, and
/// the daemon, in turns. What an assessment weighs is in the contract, not in
/// our hands: the second forwarder tells what the work of a daemon costs.
bool compare_raw(shared_board& board, std::int64_t count, int rounds,
                 const std::function<void(int, shared_board&)>& daemon) {
  spread candles;
  spread as_large;
  bool lost = false;
  for (int i = 0; i < rounds; ++i) {
    auto raw = measure(board, raw_forwarder, count, 0);
    auto ours = measure(board, daemon, count, 0);
    auto size = ours.message_bytes;
    auto large = measure(
      board,
      [size](int tell, shared_board& told) { forward(tell, told, size); },
      count, 0);
    lost |= raw.received != count || ours.received != count
            || large.received != count;
    candles.ratios.push_back(ours.per_second / raw.per_second);
    as_large.ratios.push_back(ours.per_second / large.per_second);
    std::printf("full speed  raw %8.0f/s (%.2f us cpu)  raw, %zu bytes %8.0f/s "
                "(%.2f us cpu)  riskbreaker %8.0f/s (%.2f us cpu)  "
                "ratios %.2f %.2f\n",
                raw.per_second, raw.cpu_us, size, large.per_second,
                large.cpu_us, ours.per_second, ours.cpu_us,
                candles.ratios.back(), as_large.ratios.back());
  }
  std::printf("full speed  of a forwarder of candles: median ratio %.2f (least "
              "%.2f); of messages as large: %.2f (least %.2f; target 0.5)\n",
              candles.median(), candles.least(), as_large.median(),
              as_large.least());
  return lost;
}

} // namespace

int main(int argc, char** argv) {
  std::int64_t count = argc > 1 ? std::atoll(argv[1]) : 200'000;
  int rounds = argc > 2 ? std::atoi(argv[2]) : 3;
  count = std::clamp<std::int64_t>(count, 1'000, max_candles);
  auto& board = make_board();
  if (argc > 3 && std::string_view{argv[3]} == "web")
    return compare_web(board, count, rounds);
  bench_journal journal{argc > 3 ? argv[3] : ""};
  auto daemon = [&](int tell, shared_board& told) {
    journal.forget(); // or the candles would be duplicates
    run_daemon(tell, told, {journal.settings()});
  };
  auto lost = compare_raw(board, count, rounds, daemon);
  if (argc > 3)
    std::printf("journal     %.1f MB\n", journal.megabytes());
  auto raw = measure(board, raw_forwarder,
                     std::min<std::int64_t>(count, 50'000), 10'000);
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
