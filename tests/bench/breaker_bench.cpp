#include "core/breaker/breaker.hpp"

#include <benchmark/benchmark.h>

#include <cstddef>
#include <variant>
#include <vector>

// Time stands still or is arithmetic here: what is measured is the breaker, not
// the clock.

namespace riskbreaker::core {

namespace {

using namespace std::chrono_literals;

constexpr steady_time t0{1h};
constexpr milliseconds deadline = 20s;

const call_outcome good{call_verdict::success, cause::llm_timeout, {}};
const call_outcome bad{call_verdict::failure, cause::llm_timeout, {}};

void closed_acquire_and_settle(benchmark::State& state) {
  breaker b{{}, 1};
  auto now = t0;
  for (auto _ : state) {
    now += 1us;
    auto x = b.acquire(now, deadline);
    benchmark::DoNotOptimize(b.settle(std::get<permit>(x), good, now));
  }
}
BENCHMARK(closed_acquire_and_settle);

/// The state that a long outage leaves every request in.
void open_acquire(benchmark::State& state) {
  breaker b{{}, 1};
  for (int i = 0; i < 3; ++i)
    b.settle(std::get<permit>(b.acquire(t0, deadline)), bad, t0);
  for (auto _ : state)
    benchmark::DoNotOptimize(b.acquire(t0 + 1s, deadline));
}
BENCHMARK(open_acquire);

/// With many calls out, none of them settled in the order of its start.
void closed_with_calls_in_flight(benchmark::State& state) {
  breaker b{{}, 1};
  std::vector<permit> out;
  for (int i = 0; i < 2048; ++i)
    out.push_back(std::get<permit>(b.acquire(t0, deadline)));
  std::size_t i = 0;
  for (auto _ : state) {
    i = (i + 1021) % out.size();
    benchmark::DoNotOptimize(b.settle(out[i], good, t0));
    out[i] = std::get<permit>(b.acquire(t0, deadline));
  }
}
BENCHMARK(closed_with_calls_in_flight);

/// A probe that fails and the reopening: the only path that allocates.
void probe_and_reopen(benchmark::State& state) {
  breaker b{{}, 1};
  for (int i = 0; i < 3; ++i)
    b.settle(std::get<permit>(b.acquire(t0, deadline)), bad, t0);
  for (auto _ : state) {
    auto now = *b.retry_at();
    auto x = b.acquire(now, deadline);
    b.settle(std::get<permit>(x), bad, now);
    benchmark::DoNotOptimize(b.take_transitions());
  }
}
BENCHMARK(probe_and_reopen);

} // namespace

} // namespace riskbreaker::core
