#include "tests/core/breaker/breaker_steps.hpp"

using namespace riskbreaker::core;
using namespace riskbreaker::core::test;

namespace {

constexpr auto due = t0 + 300s;

breaker half_open(breaker_config config = exact_config()) {
  auto b = make_breaker(config);
  trip(b, t0);
  b.tick(due);
  b.take_transitions();
  REQUIRE(b.state() == breaker_state::half_open);
  return b;
}

breaker_config with_probes(std::uint32_t probes, std::uint32_t successes = 1) {
  auto result = exact_config();
  result.half_open_probes = probes;
  result.half_open_successes = successes;
  return result;
}

} // namespace

// https://github.com/resilience4j/resilience4j/issues/343
// https://github.com/sony/gobreaker/issues/30
TEST_CASE("a burst at the retry time gets one probe, the rest is told so",
          "[breaker]") {
  auto b = make_breaker();
  trip(b, t0);
  CHECK(refuse(b, due - 1ns).why == cause::breaker_open);
  CHECK(admit(b, due).kind == permit_kind::probe);
  for (int i = 0; i < 49; ++i) {
    auto r = refuse(b, due);
    CHECK(r.why == cause::half_open_busy);
    CHECK_FALSE(r.retry_at);
  }
  CHECK(b.probes_in_flight() == 1);
}

// https://github.com/App-vNext/Polly/issues/216
TEST_CASE("a slow probe is alone until it has reported", "[breaker]") {
  auto b = half_open();
  auto p = probe(b, due);
  for (auto at = due; at < due + 14900ms; at += 100ms)
    CHECK(refuse(b, at).why == cause::half_open_busy);
  CHECK(b.settle(p, good(), due + 14900ms));
  CHECK(b.state() == breaker_state::closed);
}

// https://github.com/resilience4j/resilience4j/issues/1432
TEST_CASE("never more probes than allowed at the instant of expiry",
          "[breaker]") {
  for (std::uint32_t probes : {1U, 2U, 5U})
    for (int repetition = 0; repetition < 1000; ++repetition) {
      auto b = make_breaker(with_probes(probes));
      trip(b, t0);
      std::uint32_t admitted = 0;
      for (int i = 0; i < 20; ++i)
        if (std::holds_alternative<permit>(b.acquire(due, deadline)))
          ++admitted;
      REQUIRE(admitted == probes);
      REQUIRE(b.probes_in_flight() == probes);
    }
}

TEST_CASE("a good probe closes and clears the streak", "[breaker]") {
  auto b = half_open();
  CHECK(b.consecutive_failures() == 3);
  run(b, good(), due);
  CHECK(b.state() == breaker_state::closed);
  CHECK(b.consecutive_failures() == 0);
  CHECK(texts(b)
        == std::vector<std::string>{"half_open closed probe_succeeded"});
  CHECK(admit(b, due).kind == permit_kind::normal);
}

TEST_CASE("a failed probe reopens from the moment it failed", "[breaker]") {
  auto b = half_open();
  auto p = probe(b, due);
  CHECK(b.settle(p, bad(cause::llm_server_error), due + 7s));
  CHECK(b.state() == breaker_state::open);
  CHECK(b.consecutive_failures() == 4);
  CHECK(retry_time(b) == due + 7s + 450s);
  CHECK(texts(b)
        == std::vector<std::string>{
          "half_open open probe_failed:llm_server_error"});
}

TEST_CASE("a probe that trips is a failed probe with its class", "[breaker]") {
  auto b = half_open();
  run(b, fatal(cause::llm_auth), due);
  CHECK(texts(b)
        == std::vector<std::string>{"half_open open probe_failed:llm_auth"});
}

// https://github.com/App-vNext/Polly/issues/1979
TEST_CASE("a neutral probe gives its slot back and decides nothing",
          "[breaker]") {
  auto b = half_open();
  for (int i = 0; i < 10; ++i) {
    run(b, ours(), due);
    CHECK(b.state() == breaker_state::half_open);
    CHECK(b.probes_in_flight() == 0);
    CHECK_FALSE(b.next_tick());
  }
  CHECK(texts(b).empty());
  run(b, good(), due);
  CHECK(b.state() == breaker_state::closed);
}

TEST_CASE("a malformed probe is neutral for a chatty model", "[breaker]") {
  auto config = exact_config();
  config.count_malformed = false;
  auto b = half_open(config);
  run(b, bad(cause::llm_malformed), due);
  CHECK(b.state() == breaker_state::half_open);
  CHECK(b.probes_in_flight() == 0);
}

// https://github.com/App-vNext/Polly/issues/239
TEST_CASE("two successes in a row are needed where two are asked for",
          "[breaker]") {
  SECTION("success, success closes") {
    auto b = half_open(with_probes(1, 2));
    run(b, good(), due);
    CHECK(b.state() == breaker_state::half_open);
    run(b, good(), due);
    CHECK(b.state() == breaker_state::closed);
  }
  SECTION("success, failure opens, and the next round starts from nothing") {
    auto b = half_open(with_probes(1, 2));
    run(b, good(), due);
    run(b, bad(), due);
    CHECK(b.state() == breaker_state::open);
    CHECK(open_time(b) == 450s);
    run(b, good(), retry_time(b));
    CHECK(b.state() == breaker_state::half_open);
  }
  SECTION("a neutral one between two successes does not break the row") {
    auto b = half_open(with_probes(1, 2));
    run(b, good(), due);
    run(b, ours(), due);
    run(b, good(), due);
    CHECK(b.state() == breaker_state::closed);
  }
}

TEST_CASE("with several probes the first failure opens for all", "[breaker]") {
  auto b = half_open(with_probes(3, 3));
  auto p1 = probe(b, due);
  auto p2 = probe(b, due);
  auto p3 = probe(b, due);
  CHECK(refuse(b, due).why == cause::half_open_busy);
  CHECK(b.settle(p1, good(), due + 1s));
  CHECK(b.settle(p2, bad(), due + 2s));
  CHECK_FALSE(b.settle(p3, good(), due + 3s));
  CHECK(b.state() == breaker_state::open);
  CHECK(retry_time(b) == due + 2s + 450s);
  CHECK(texts(b).size() == 1);
}

TEST_CASE("each probe frees its own slot once", "[breaker]") {
  auto b = half_open(with_probes(2, 5));
  auto p1 = probe(b, due);
  auto p2 = probe(b, due);
  CHECK(b.settle(p1, ours(), due));
  CHECK_FALSE(b.settle(p1, ours(), due));
  CHECK(b.probes_in_flight() == 1);
  auto p3 = probe(b, due);
  CHECK_FALSE(b.settle(p1, bad(), due)); // not p3's result
  CHECK(b.probes_in_flight() == 2);
  CHECK(b.settle(p2, good(), due));
  CHECK(b.settle(p3, good(), due));
  CHECK(b.probes_in_flight() == 0);
}

// https://github.com/Netflix/Hystrix/issues/1781
// https://github.com/App-vNext/Polly/issues/217
TEST_CASE("a result from before touches neither half-open nor its probe",
          "[breaker]") {
  for (const auto& late : {good(), bad(), fatal(), ours(), come_back_in(1h)}) {
    auto b = make_breaker();
    auto old = admit(b, t0);
    trip(b, t0);
    auto p = probe(b, due);
    CHECK_FALSE(b.settle(old, late, due + 1s));
    CHECK(b.state() == breaker_state::half_open);
    CHECK(b.probes_in_flight() == 1);
    CHECK(refuse(b, due + 1s).why == cause::half_open_busy);
    CHECK(b.settle(p, good(), due + 2s));
    CHECK(b.state() == breaker_state::closed);
  }
}

TEST_CASE("a call from before counts for nothing after closing again",
          "[breaker]") {
  auto b = make_breaker();
  auto old = admit(b, t0);
  trip(b, t0);
  run(b, good(), due);
  CHECK_FALSE(b.settle(old, fatal(), due));
  CHECK(b.state() == breaker_state::closed);
  CHECK(b.consecutive_failures() == 0);
}
