#include "tests/core/breaker/breaker_steps.hpp"

using namespace riskbreaker::core;
using namespace riskbreaker::core::test;

// https://github.com/resilience4j/resilience4j/issues/850
TEST_CASE("new numbers leave an open breaker open until the same time",
          "[breaker]") {
  auto b = make_breaker();
  trip(b, t0);
  auto generation = b.generation();
  auto config = exact_config();
  config.failure_threshold = 10;
  config.recovery_timeout = 10s;
  b.reconfigure(config, t0 + 1s);
  CHECK(b.config() == config);
  CHECK(b.state() == breaker_state::open);
  CHECK(retry_time(b) == t0 + 300s);
  CHECK(b.consecutive_failures() == 3);
  CHECK(b.generation() == generation);
  CHECK(b.take_transitions().size() == 1);
}

TEST_CASE("permits in flight stay good through a reload", "[breaker]") {
  auto b = make_breaker();
  run(b, bad(), t0);
  auto p = admit(b, t0);
  b.reconfigure(exact_config(), t0);
  CHECK(b.settle(p, bad(), t0));
  CHECK(b.consecutive_failures() == 2);
}

TEST_CASE("a threshold lowered to the streak opens at the next failure",
          "[breaker]") {
  for (std::uint32_t threshold : {1U, 2U}) {
    auto b = make_breaker();
    run(b, bad(), t0);
    run(b, bad(), t0);
    auto config = exact_config();
    config.failure_threshold = threshold;
    b.reconfigure(config, t0);
    b.tick(t0 + 1h);
    CHECK(b.state() == breaker_state::closed);
    run(b, ours(), t0 + 1h);
    CHECK(b.state() == breaker_state::closed);
    run(b, bad(), t0 + 1h);
    CHECK(b.state() == breaker_state::open);
  }
}

TEST_CASE("a success between reload and failure saves a long streak",
          "[breaker]") {
  auto b = make_breaker();
  run(b, bad(), t0);
  run(b, bad(), t0);
  auto config = exact_config();
  config.failure_threshold = 2;
  b.reconfigure(config, t0);
  run(b, good(), t0);
  run(b, bad(), t0);
  CHECK(b.state() == breaker_state::closed);
}

TEST_CASE("new open times apply from the next opening on", "[breaker]") {
  auto b = make_breaker();
  trip(b, t0);
  auto config = exact_config();
  config.recovery_timeout = 100s;
  config.recovery_backoff = 2;
  b.reconfigure(config, t0);
  run(b, bad(), t0 + 300s);
  CHECK(open_time(b) == 200s);
}

TEST_CASE("fewer probes allowed than are out lets those finish", "[breaker]") {
  auto config = exact_config();
  config.half_open_probes = 3;
  config.half_open_successes = 3;
  auto b = make_breaker(config);
  trip(b, t0);
  auto due = retry_time(b);
  auto p1 = probe(b, due);
  auto p2 = probe(b, due);
  config.half_open_probes = 1;
  b.reconfigure(config, due);
  CHECK(refuse(b, due).why == cause::half_open_busy);
  CHECK(b.settle(p1, good(), due));
  CHECK(refuse(b, due).why == cause::half_open_busy);
  CHECK(b.settle(p2, good(), due));
  CHECK(b.settle(probe(b, due), good(), due));
  CHECK(b.state() == breaker_state::closed);
}

TEST_CASE("what was due before a reload is due under the old numbers",
          "[breaker]") {
  auto b = make_breaker();
  trip(b, t0);
  probe(b, t0 + 300s);
  auto config = exact_config();
  config.recovery_backoff = 4;
  b.reconfigure(config, t0 + 330s); // the lease ended at 321 s
  CHECK(b.state() == breaker_state::open);
  CHECK(open_time(b) == 450s);
}

TEST_CASE("a forced state survives a reload", "[breaker]") {
  auto b = make_breaker();
  b.force_open(t0);
  b.reconfigure({}, t0);
  CHECK(b.state() == breaker_state::forced_open);
  b.force_closed(t0);
  b.reconfigure(exact_config(), t0);
  CHECK(b.state() == breaker_state::forced_closed);
}
