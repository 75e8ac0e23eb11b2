#include "tests/core/breaker/breaker_steps.hpp"

#include <cmath>
#include <set>

using namespace riskbreaker::core;
using namespace riskbreaker::core::test;

TEST_CASE("an open breaker rejects to the last nanosecond and says until when",
          "[breaker]") {
  auto b = make_breaker();
  trip(b, t0);
  for (auto at : {t0, t0 + 300s - 1ns}) {
    auto r = refuse(b, at);
    CHECK(r.why == cause::breaker_open);
    CHECK(r.retry_at == t0 + 300s);
  }
  CHECK(admit(b, t0 + 300s).kind == permit_kind::probe);
  CHECK(b.state() == breaker_state::half_open);
}

// https://github.com/danielfm/pybreaker/issues/15
TEST_CASE("an idle breaker becomes half-open by the timer alone", "[breaker]") {
  auto b = make_breaker();
  trip(b, t0);
  CHECK(b.next_tick() == t0 + 300s);
  b.tick(t0 + 300s - 1ns);
  CHECK(b.state() == breaker_state::open);
  b.tick(t0 + 300s);
  CHECK(b.state() == breaker_state::half_open);
  CHECK_FALSE(b.retry_at());
  CHECK_FALSE(b.next_tick());
  CHECK(b.probes_in_flight() == 0);
}

TEST_CASE("a late timer does not move the instant at which it was due",
          "[breaker]") {
  auto b = make_breaker();
  trip(b, t0);
  b.take_transitions();
  b.tick(t0 + 600s);
  CHECK(b.state_since() == t0 + 300s);
  auto events = b.take_transitions();
  REQUIRE(events.size() == 1);
  CHECK(events[0].at == t0 + 300s);
  CHECK(cause_text(events[0]) == "recovery_due");
}

TEST_CASE("a late result never moves an open breaker", "[breaker]") {
  for (const auto& late : {good(), bad(), fatal(), ours(), come_back_in(9h)}) {
    auto b = make_breaker();
    auto p = admit(b, t0);
    trip(b, t0);
    auto generation = b.generation();
    CHECK_FALSE(b.settle(p, late, t0 + 10s));
    CHECK(b.state() == breaker_state::open);
    CHECK(b.consecutive_failures() == 3);
    CHECK(retry_time(b) == t0 + 300s);
    CHECK(b.generation() == generation);
  }
}

TEST_CASE("each reopening waits longer, up to the cap", "[breaker]") {
  auto b = make_breaker();
  trip(b, t0);
  CHECK(open_time(b) == 300s);
  for (auto expected : {450s, 675s}) {
    run(b, bad(), retry_time(b));
    CHECK(open_time(b) == expected);
  }
  run(b, bad(), retry_time(b));
  CHECK(open_time(b) == 1012500ms);
  run(b, bad(), retry_time(b));
  CHECK(open_time(b) == 1518750ms);
  for (int i = 0; i < 5000; ++i) {
    run(b, bad(), retry_time(b));
    REQUIRE(open_time(b) == 1800s);
  }
}

TEST_CASE("an open time that has grown stays until a full recovery in closed",
          "[breaker]") {
  auto again = [](steady_time::duration closed_for) {
    auto b = make_breaker();
    trip(b, t0);
    run(b, bad(), retry_time(b)); // 450 s
    auto closed_at = retry_time(b);
    run(b, good(), closed_at);
    trip(b, closed_at + closed_for);
    return open_time(b);
  };
  CHECK(again(0s) == 450s); // not from HALF_OPEN: no further growth
  CHECK(again(300s - 1ns) == 450s);
  CHECK(again(300s) == 300s);
}

TEST_CASE("growth starts over after a full recovery", "[breaker]") {
  auto b = make_breaker();
  trip(b, t0);
  run(b, bad(), retry_time(b));
  run(b, bad(), retry_time(b)); // 675 s
  auto closed_at = retry_time(b);
  run(b, good(), closed_at);
  trip(b, closed_at + 300s);
  run(b, bad(), retry_time(b));
  CHECK(open_time(b) == 450s);
}

TEST_CASE("jitter stays within its share, also around the cap", "[breaker]") {
  breaker_config config; // 10 %
  std::set<steady_time::duration> seen;
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    breaker b{config, seed};
    trip(b, t0);
    auto first = open_time(b);
    seen.insert(first);
    CHECK(first >= 270s);
    CHECK(first <= 330s);
    for (int i = 0; i < 10; ++i)
      run(b, bad(), retry_time(b));
    CHECK(open_time(b) >= 1620s);
    CHECK(open_time(b) <= 1980s);
  }
  CHECK(seen.size() > 450);
  CHECK(*seen.begin() < 275s);
  CHECK(*seen.rbegin() > 325s);
}

TEST_CASE("the same seed gives the same open times", "[breaker]") {
  breaker one{{}, 42};
  breaker two{{}, 42};
  breaker other{{}, 43};
  for (auto* b : {&one, &two, &other})
    trip(*b, t0);
  CHECK(open_time(one) == open_time(two));
  CHECK(open_time(one) != open_time(other));
}

TEST_CASE("absurd growth ends at the cap instead of overflowing", "[breaker]") {
  auto config = exact_config();
  config.recovery_backoff = 1e300;
  auto b = make_breaker(config);
  trip(b, t0);
  for (int i = 0; i < 5; ++i) {
    run(b, bad(), retry_time(b));
    CHECK(open_time(b) == 1800s);
  }
  config.recovery_backoff = std::nan("");
  b.reconfigure(config, retry_time(b));
  run(b, bad(), b.state_since());
  CHECK(open_time(b) == 1800s);
  config.recovery_timeout = config.recovery_timeout_max = milliseconds::max();
  auto c = make_breaker(config);
  trip(c, t0);
  CHECK(open_time(c) > 24h * 365);
}

TEST_CASE("an open time of nothing goes straight on to a probe", "[breaker]") {
  auto config = exact_config();
  config.recovery_timeout = 0ms;
  auto b = make_breaker(config);
  trip(b, t0);
  CHECK(admit(b, t0).kind == permit_kind::probe);
}
