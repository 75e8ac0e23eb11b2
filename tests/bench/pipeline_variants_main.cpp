// What encoding and encryption cost, PUSH → PUB on the fallback path, all in
// one run and in turns: JSON, MessagePack, JSON under CURVE; beside them the
// raw forwarder, as it is and with messages as large as an assessment.
//
//   pipeline_variants_bench [CANDLES] [ROUNDS]

#include "tests/bench/pipeline_systems.hpp"

#include <array>
#include <cstdio>

namespace {

using namespace riskbreaker;
using namespace riskbreaker::bench;

/// An assessment in JSON and its topic, about; `pipeline_bench` measures it.
constexpr std::size_t assessment_bytes = 796;

struct variant {
  const char* name;
  bool raw = false;
  std::size_t padded = 0;
  bool msgpack = false;
  bool curve = false;
  std::vector<double> per_second{};
  double cpu_us = 0;
};

double median(std::vector<double> x) {
  std::sort(x.begin(), x.end());
  return x[x.size() / 2];
}

board_keys make_keys() {
  board_keys out{};
  zmq_curve_keypair(out.server_public, out.server_secret);
  zmq_curve_keypair(out.client_public, out.client_secret);
  return out;
}

} // namespace

int main(int argc, char** argv) {
  std::int64_t count = argc > 1 ? std::atoll(argv[1]) : 200'000;
  int rounds = argc > 2 ? std::atoi(argv[2]) : 3;
  count = std::clamp<std::int64_t>(count, 1'000, max_candles);
  auto& board = make_board();
  auto keys = make_keys();
  config::journal_settings no_journal;
  no_journal.path.reset();
  std::array<variant, 5> all{{{"raw forwarder", true},
                              {"raw, large messages", true, assessment_bytes},
                              {"json"},
                              {"msgpack", false, 0, true},
                              {"json, CURVE", false, 0, false, true}}};
  bool lost = false;
  for (int i = 0; i < rounds; ++i)
    for (auto& x : all) {
      board.keys = x.curve ? keys : board_keys{};
      auto system = [&](int tell, shared_board& told) {
        if (x.raw)
          forward(tell, told, x.padded);
        else
          run_daemon(tell, told, {no_journal, false, x.msgpack});
      };
      auto got = measure(board, system, count, 0);
      if (got.received != count)
        std::fprintf(stderr, "%s: %lld of %lld came\n", x.name,
                     static_cast<long long>(got.received),
                     static_cast<long long>(count));
      lost |= got.received != count;
      x.per_second.push_back(got.per_second);
      x.cpu_us = got.cpu_us;
    }
  auto raw = median(all[0].per_second);
  auto large = median(all[1].per_second);
  auto json = median(all[2].per_second);
  std::printf("%-22s %10s %8s %8s %8s %8s\n", "", "candles/s", "us cpu",
              "to raw", "to large", "to json");
  for (const auto& x : all) {
    auto mine = median(x.per_second);
    std::printf("%-22s %10.0f %8.2f %8.2f %8.2f %8.2f\n", x.name, mine,
                x.cpu_us, mine / raw, mine / large, mine / json);
  }
  return lost ? 1 : 0;
}
