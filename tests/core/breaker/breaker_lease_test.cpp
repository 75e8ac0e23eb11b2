#include "tests/core/breaker/breaker_steps.hpp"

using namespace riskbreaker::core;
using namespace riskbreaker::core::test;

namespace {

constexpr auto due = t0 + 300s;
constexpr auto lease = deadline + 1s;

breaker half_open(std::uint32_t probes = 1) {
  auto config = exact_config();
  config.half_open_probes = probes;
  auto b = make_breaker(config);
  trip(b, t0);
  b.tick(due);
  b.take_transitions();
  return b;
}

} // namespace

// https://github.com/resilience4j/resilience4j/issues/903
TEST_CASE("a probe that never reports is a failure a second after its deadline",
          "[breaker]") {
  auto b = half_open();
  auto p = probe(b, due);
  CHECK(b.next_tick() == due + lease);
  b.tick(due + lease - 1ns);
  CHECK(b.state() == breaker_state::half_open);
  b.tick(due + lease);
  CHECK(b.state() == breaker_state::open);
  CHECK(b.consecutive_failures() == 4);
  CHECK(retry_time(b) == due + lease + 450s);
  CHECK_FALSE(b.settle(p, good(), due + lease + 1s));
  CHECK(b.state() == breaker_state::open);
  CHECK(texts(b) == std::vector<std::string>{"half_open open lease_expired"});
}

TEST_CASE("a probe may report until the nanosecond before its lease ends",
          "[breaker]") {
  SECTION("before") {
    auto b = half_open();
    auto p = probe(b, due);
    CHECK(b.settle(p, good(), due + lease - 1ns));
    CHECK(b.state() == breaker_state::closed);
  }
  SECTION("at the end") {
    auto b = half_open();
    auto p = probe(b, due);
    CHECK_FALSE(b.settle(p, good(), due + lease));
    CHECK(b.state() == breaker_state::open);
    CHECK(texts(b) == std::vector<std::string>{"half_open open lease_expired"});
  }
}

TEST_CASE("an expired lease is noticed by the next request too", "[breaker]") {
  auto b = half_open();
  probe(b, due);
  CHECK(refuse(b, due + lease - 1ns).why == cause::half_open_busy);
  auto r = refuse(b, due + lease);
  CHECK(r.why == cause::breaker_open);
  CHECK(r.retry_at == due + lease + 450s);
}

TEST_CASE("everything overdue happens in order and at its own time",
          "[breaker]") {
  auto b = half_open();
  probe(b, due);
  CHECK(admit(b, due + 24h).kind == permit_kind::probe);
  auto events = b.take_transitions();
  REQUIRE(events.size() == 2);
  CHECK(cause_text(events[0]) == "lease_expired");
  CHECK(events[0].at == due + lease);
  CHECK(events[0].retry_at == due + lease + 450s);
  CHECK(cause_text(events[1]) == "recovery_due");
  CHECK(events[1].at == due + lease + 450s);
  CHECK(b.next_tick() == due + 24h + lease); // the new probe's
}

TEST_CASE("each of several probes has its own lease", "[breaker]") {
  auto b = half_open(2);
  auto slow = b.acquire(due, 20s);
  auto quick = b.acquire(due + 1s, 5s);
  CHECK(b.next_tick() == due + 7s);
  CHECK(b.settle(std::get<permit>(quick), ours(), due + 2s));
  CHECK(b.next_tick() == due + 21s);
  auto third = b.acquire(due + 3s, 4s);
  CHECK(b.next_tick() == due + 8s);
  b.tick(due + 8s);
  CHECK(b.state() == breaker_state::open);
  CHECK_FALSE(b.settle(std::get<permit>(slow), good(), due + 9s));
  CHECK_FALSE(b.settle(std::get<permit>(third), good(), due + 9s));
}

TEST_CASE("a settled probe leaves no lease behind", "[breaker]") {
  auto b = half_open();
  run(b, ours(), due);
  b.tick(due + 24h);
  CHECK(b.state() == breaker_state::half_open);
}

TEST_CASE("normal calls have no lease", "[breaker]") {
  auto b = make_breaker();
  auto p = admit(b, t0);
  b.tick(t0 + 24h);
  CHECK(b.settle(p, bad(), t0 + 24h));
  CHECK(b.consecutive_failures() == 1);
}

TEST_CASE("absurd deadlines do not overflow a lease", "[breaker]") {
  auto b = half_open(2);
  CHECK(std::holds_alternative<permit>(b.acquire(due, milliseconds::max())));
  CHECK(b.next_tick() > due + 24h * 365);
  CHECK(std::holds_alternative<permit>(b.acquire(due, milliseconds::min())));
  CHECK(b.next_tick() == due + 1s);
}

TEST_CASE("a failed probe's call does not also expire", "[breaker]") {
  auto b = half_open();
  auto p = probe(b, due);
  CHECK(b.settle(p, bad(), due + 1s));
  b.tick(due + lease + 1h);
  CHECK(b.consecutive_failures() == 4);
  CHECK(b.state() == breaker_state::half_open);
}
