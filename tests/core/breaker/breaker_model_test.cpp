#include "tests/core/breaker/breaker_steps.hpp"

#include <algorithm>
#include <map>
#include <random>

using namespace riskbreaker::core;
using namespace riskbreaker::core::test;

namespace {

/// The rules again, in the plainest form: every permit is remembered for ever
/// and the state is a handful of numbers. Jitter is off.
struct model {
  enum kind { closed, open, half_open, forced_open, forced_closed };
  struct call {
    int era = 0;
    bool done = false;
    steady_time lease{};
  };

  breaker_config config = exact_config();
  kind state = closed;
  int era = 0;
  unsigned failures = 0;
  unsigned successes = 0;
  int growth = 0;
  steady_time since = t0;
  steady_time retry{};
  std::map<int, call> calls;

  void move(kind to, steady_time at) {
    state = to;
    since = at;
    ++era;
    successes = 0;
  }

  void open_up(milliseconds server, steady_time at) {
    if (state == half_open)
      ++growth;
    else if (at - since >= config.recovery_timeout)
      growth = 0;
    double ms = 300'000;
    for (int i = 0; i < growth; ++i)
      ms = std::min(ms * 1.5, 1'800'000.0);
    auto own = milliseconds{static_cast<long>(ms + 0.5)};
    retry = at + std::max(own, std::min<milliseconds>(server, 24h));
    move(open, at);
  }

  unsigned probes() const {
    return static_cast<unsigned>(
      std::count_if(calls.begin(), calls.end(), [this](const auto& x) {
        return state == half_open && x.second.era == era && !x.second.done;
      }));
  }

  void advance(steady_time now) {
    for (bool moved = true; moved;) {
      moved = false;
      if (state == open && retry <= now) {
        move(half_open, retry);
        moved = true;
      } else if (state == half_open) {
        auto first = steady_time::max();
        for (const auto& [id, x] : calls)
          if (x.era == era && !x.done)
            first = std::min(first, x.lease);
        if (first <= now) {
          ++failures;
          open_up(0ms, first);
          moved = true;
        }
      }
    }
  }

  std::optional<permit_kind> acquire(int id, steady_time now) {
    advance(now);
    if (state == open || state == forced_open
        || (state == half_open && probes() >= config.half_open_probes))
      return std::nullopt;
    calls[id] = {era, false, now + deadline + 1s};
    return state == half_open ? permit_kind::probe : permit_kind::normal;
  }

  bool settle(int id, const call_outcome& x, steady_time now) {
    advance(now);
    auto& c = calls.at(id);
    if (c.era != era || c.done)
      return false;
    c.done = true;
    auto server = x.server_wait.value_or(0ms);
    if (x.verdict == call_verdict::neutral)
      return true;
    if (x.verdict == call_verdict::success) {
      if (state != half_open) {
        failures = 0;
      } else if (++successes >= config.half_open_successes) {
        failures = 0;
        move(closed, now);
      }
      return true;
    }
    ++failures;
    if (state == half_open
        || (state == closed
            && (x.verdict == call_verdict::trip || x.server_wait
                || failures >= config.failure_threshold)))
      open_up(server, now);
    return true;
  }

  void force(kind to, steady_time now) {
    advance(now);
    if (state != to)
      move(to, now);
  }

  void restart(bool automatic, steady_time now) {
    advance(now);
    if (automatic && state != forced_open && state != forced_closed)
      return;
    failures = 0;
    growth = 0;
    auto kept = state == closed ? since : now;
    move(closed, kept);
  }

  /// Forgets what can never matter again, to keep the test linear.
  void forget(int before) {
    calls.erase(calls.begin(), calls.lower_bound(before));
  }
};

struct world {
  explicit world(std::uint32_t seed) : random(seed) {
    // nop
  }

  int pick(int n) {
    return static_cast<int>(random() % static_cast<std::uint32_t>(n));
  }

  call_outcome outcome() {
    auto x = pick(100);
    if (x < 45)
      return good();
    if (x < 80)
      return bad();
    if (x < 92)
      return ours();
    if (x < 96)
      return fatal();
    return come_back_in(milliseconds{pick(2'000'000)});
  }

  steady_time::duration pause() {
    switch (pick(10)) {
      case 0:
        return std::chrono::seconds{pick(400)};
      case 1:
        return std::chrono::nanoseconds{pick(3)};
      default:
        return std::chrono::milliseconds{pick(3000)};
    }
  }

  std::minstd_rand random;
};

} // namespace

TEST_CASE("the breaker does what the plain model does, whatever happens",
          "[breaker]") {
  world w{20240607};
  model m;
  breaker b{m.config, 5};
  b.tick(t0);
  auto now = t0;
  std::map<int, permit> held; // settled ones stay a while: doubles must fail
  std::map<int, int> completions;
  auto shown = b.state();
  std::size_t transitions = 0;
  std::size_t half_open_left = 0;
  for (int id = 0; id < 1'000'000; ++id) {
    now += w.pause();
    // Every third time exactly on a boundary, or a nanosecond off it.
    if (auto due = b.next_tick(); due && *due > now && w.pick(3) == 0)
      now = *due + std::chrono::nanoseconds{w.pick(3) - 1};
    auto event = w.pick(1000);
    if (event < 450) {
      auto got = b.acquire(now, deadline);
      auto expected = m.acquire(id, now);
      REQUIRE(std::holds_alternative<permit>(got) == expected.has_value());
      if (expected) {
        held[id] = std::get<permit>(got);
        REQUIRE(held[id].kind == *expected);
      } else if (m.state == model::open) {
        REQUIRE(std::get<rejection>(got).retry_at == m.retry);
      }
    } else if (event < 950 && !held.empty()) {
      auto i = held.lower_bound(id - w.pick(60));
      if (i == held.end())
        i = std::prev(held.end());
      auto x = w.outcome();
      auto counted = b.settle(i->second, x, now);
      REQUIRE(counted == m.settle(i->first, x, now));
      completions[i->first] += counted ? 1 : 0;
      REQUIRE(completions[i->first] <= 1);
    } else if (event < 990) {
      b.tick(now);
      m.advance(now);
    } else if (event < 992) {
      b.force_open(now);
      m.force(model::forced_open, now);
    } else if (event < 994) {
      b.force_closed(now);
      m.force(model::forced_closed, now);
    } else if (event < 998) {
      b.automatic(now);
      m.restart(true, now);
    } else if (event < 999) {
      b.reset(now);
      m.restart(false, now);
    } else {
      m.advance(now);
      m.config.failure_threshold = static_cast<std::uint32_t>(1 + w.pick(5));
      m.config.half_open_probes = static_cast<std::uint32_t>(1 + w.pick(3));
      m.config.half_open_successes = static_cast<std::uint32_t>(1 + w.pick(3));
      b.reconfigure(m.config, now);
    }
    REQUIRE(static_cast<int>(b.state()) == static_cast<int>(m.state));
    REQUIRE(b.consecutive_failures() == m.failures);
    REQUIRE(b.state_since() == m.since);
    REQUIRE(b.probes_in_flight() == m.probes());
    REQUIRE(b.probes_in_flight() <= 3);
    if (m.state == model::open)
      REQUIRE(b.retry_at() == m.retry);
    // With a probe out, HALF_OPEN has an end; without one it waits for a call.
    if (m.probes() > 0) {
      REQUIRE(b.next_tick());
      REQUIRE(*b.next_tick() <= now + deadline + 1s);
    }
    for (const auto& x : b.take_transitions()) {
      ++transitions;
      half_open_left += x.from == breaker_state::half_open ? 1 : 0;
      REQUIRE(x.from == shown);
      REQUIRE(x.at <= now);
      REQUIRE(x.retry_at.has_value() == (x.to == breaker_state::open));
      shown = x.to;
    }
    REQUIRE(shown == b.state());
    held.erase(held.begin(), held.lower_bound(id - 80));
    completions.erase(completions.begin(), completions.lower_bound(id - 80));
    m.forget(id - 80);
  }
  CHECK(transitions > 5'000);
  CHECK(half_open_left > 1'000);
}
