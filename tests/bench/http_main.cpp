// Many slow LLM calls at once: our HTTP client against a plain loop over
// curl_multi_poll, each in a process of its own, with the server in a third.
//
//   http_bench [CALLS] [SERVER_SECONDS] [RATE_SECONDS]
//
// First CALLS at the same instant, then 400 a second for RATE_SECONDS.

#include "tests/bench/child.hpp"
#include "tests/bench/plain_curl_loop.hpp"
#include "tests/bench/stamp_server.hpp"
#include "transport/http_client.hpp"

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <thread>

namespace {

using namespace riskbreaker;
using namespace std::chrono_literals;
using clock_type = std::chrono::steady_clock;

constexpr int max_calls = 20'000;
constexpr double calls_per_second = 400;
constexpr double most_kb_a_call = 20;

/// What a client process tells the one that started it.
struct shared_board {
  std::atomic<int> answered;
  std::atomic<int> good;
  int threads; ///< of the client
  long rss_before;
  long rss_most;
  double cpu_seconds;
  std::int64_t own_ns[max_calls];
};

struct workload {
  std::string url;
  int calls = 0;
  double per_second = 0; ///< 0: all at once

  clock_type::time_point due(clock_type::time_point began, int i) const {
    if (per_second <= 0)
      return began;
    return began + std::chrono::nanoseconds{std::int64_t(i / per_second * 1e9)};
  }
};

/// About what a prompt of 100 candles weighs.
std::string chat_body() {
  return R"({"model":"m-1","messages":[{"role":"user","content":"closes: )"
         + std::string(3'500, '7') + R"("}]})";
}

long rss_kb() {
  long pages = 0;
  std::ifstream{"/proc/self/statm"} >> pages >> pages;
  return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

int threads() {
  using entries = std::filesystem::directory_iterator;
  return static_cast<int>(std::distance(entries{"/proc/self/task"}, entries{}));
}

double cpu_seconds() {
  rusage x{};
  getrusage(RUSAGE_SELF, &x);
  return double(x.ru_utime.tv_sec + x.ru_stime.tv_sec)
         + double(x.ru_utime.tv_usec + x.ru_stime.tv_usec) / 1e6;
}

void note(shared_board& board, int i, clock_type::time_point began,
          const std::string& answer) {
  const auto own = bench::own_ns(answer, began.time_since_epoch().count());
  board.own_ns[i] = own;
  board.good += own >= 0 ? 1 : 0;
  ++board.answered;
}

void run_ours(shared_board& board, const workload& work) {
  const auto threads_before = threads();
  auto client = transport::make_curl_client();
  board.rss_before = board.rss_most = rss_kb();
  const auto began = clock_type::now();
  for (int i = 0; i < work.calls; ++i) {
    std::this_thread::sleep_until(work.due(began, i));
    transport::http_request request;
    request.url = work.url;
    request.body = chat_body();
    request.headers = {"Authorization: Bearer sk-0123456789"};
    request.timeout = 60s;
    client->submit(std::move(request), [&board, i, t = clock_type::now()](
                                         core::http_reply&& reply) {
      note(board, i, t, reply.body);
    });
  }
  while (board.answered < work.calls) {
    std::this_thread::sleep_for(20ms);
    board.rss_most = std::max(board.rss_most, rss_kb());
    board.threads = std::max(board.threads, threads() - threads_before);
  }
  board.cpu_seconds = cpu_seconds();
}

void run_plain(shared_board& board, const workload& work) {
  bench::plain_curl_loop loop{work.url};
  board.threads = 1;
  board.rss_before = board.rss_most = rss_kb();
  const auto began = clock_type::now();
  for (int next = 0; board.answered < work.calls;) {
    while (next < work.calls && work.due(began, next) <= clock_type::now())
      loop.start(next++, chat_body());
    clock_type::duration most = 20ms;
    if (next < work.calls)
      most = std::min(most, work.due(began, next) - clock_type::now());
    loop.turn(most, [&](const bench::plain_curl_loop::call& x) {
      note(board, x.number, x.began, x.answer);
    });
    board.rss_most = std::max(board.rss_most, rss_kb());
  }
  board.cpu_seconds = cpu_seconds();
}

struct outcome {
  int good = 0;
  int threads = 0;
  double kb_a_call = 0;
  double cpu_seconds = 0;
  double p50_ms = 0; ///< over what the server took
  double p99_ms = 0;
};

outcome measure(const char* name, shared_board& board, const workload& work,
                void (*client)(shared_board&, const workload&)) {
  board.answered = board.good = 0;
  board.threads = 0;
  waitpid(bench::in_child([&] { client(board, work); }), nullptr, 0);
  outcome x;
  x.good = board.good;
  x.threads = board.threads;
  x.cpu_seconds = board.cpu_seconds;
  x.kb_a_call = double(board.rss_most - board.rss_before) / work.calls;
  std::vector<std::int64_t> sorted(board.own_ns, board.own_ns + work.calls);
  std::sort(sorted.begin(), sorted.end());
  x.p50_ms = double(sorted[sorted.size() / 2]) / 1e6;
  x.p99_ms = double(sorted[sorted.size() * 99 / 100]) / 1e6;
  std::printf("  %-16s %6d good  %d thread  %5.1f kB a call  %6.2f s cpu  "
              "own p50 %7.2f ms  p99 %7.2f ms\n",
              name, x.good, x.threads, x.kb_a_call, x.cpu_seconds, x.p50_ms,
              x.p99_ms);
  return x;
}

} // namespace

int main(int argc, char** argv) {
  const int calls
    = std::clamp(argc > 1 ? std::atoi(argv[1]) : 2'000, 1, max_calls);
  const double seconds = argc > 2 ? std::atof(argv[2]) : 5;
  const double rate_seconds = argc > 3 ? std::atof(argv[3]) : 20;
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  auto* memory = mmap(nullptr, sizeof(shared_board), PROT_READ | PROT_WRITE,
                      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED)
    return 1;
  auto& board = *new (memory) shared_board;
  bench::stamp_server listener{seconds};
  const auto server = bench::in_child([&] { listener.run(); });
  const auto url = "http://127.0.0.1:" + std::to_string(listener.port())
                   + "/v1/chat/completions";
  const workload burst{url, calls, 0};
  const workload steady{
    url, std::clamp(int(calls_per_second * rate_seconds), 1, max_calls),
    calls_per_second};
  std::printf("%d calls at once, a server of %g s\n", burst.calls, seconds);
  measure("curl_multi_poll", board, burst, run_plain);
  const auto many = measure("riskbreaker", board, burst, run_ours);
  std::printf("%g calls a second, %d in all\n", calls_per_second, steady.calls);
  const auto plain = measure("curl_multi_poll", board, steady, run_plain);
  const auto ours = measure("riskbreaker", board, steady, run_ours);
  std::printf("of the plain loop's: cpu %.2f, own p50 %.2f, p99 %.2f (targets: "
              "1 thread, %g kB, p50 0.5 ms, p99 5 ms)\n",
              ours.cpu_seconds / plain.cpu_seconds, ours.p50_ms / plain.p50_ms,
              ours.p99_ms / plain.p99_ms, most_kb_a_call);
  kill(server, SIGKILL);
  waitpid(server, nullptr, 0);
  // Memory and threads are the same on every machine, times are not.
  const auto lost = many.good != burst.calls || ours.good != steady.calls;
  const auto costly = many.threads != 1 || many.kb_a_call > most_kb_a_call;
  if (lost || costly)
    std::fprintf(stderr, "http_bench: calls were lost or cost too much\n");
  return lost || costly ? 1 : 0;
}
