#include "tests/core/breaker/breaker_steps.hpp"

using namespace riskbreaker::core;
using namespace riskbreaker::core::test;

// https://github.com/github/copilot-cli/issues/2760
TEST_CASE("a server's long Retry-After opens at once and until then",
          "[breaker]") {
  auto b = make_breaker();
  run(b, come_back_in(600s), t0);
  CHECK(b.state() == breaker_state::open);
  CHECK(b.consecutive_failures() == 1);
  CHECK(retry_time(b) == t0 + 600s);
  CHECK(refuse(b, t0 + 600s - 1ns).why == cause::breaker_open);
  CHECK(admit(b, t0 + 600s).kind == permit_kind::probe);
  CHECK(texts(b)
        == std::vector<std::string>{"closed open retry_after",
                                    "open half_open recovery_due"});
}

TEST_CASE("a Retry-After within the own schedule does not shorten it",
          "[breaker]") {
  for (milliseconds wait : {-5000ms, 0ms, 120'000ms, 300'000ms}) {
    auto b = make_breaker();
    run(b, come_back_in(wait), t0);
    CHECK(retry_time(b) == t0 + 300s);
  }
  auto b = make_breaker();
  run(b, come_back_in(300'001ms), t0);
  CHECK(retry_time(b) == t0 + 300'001ms);
}

TEST_CASE("a server's wait is clamped to a day", "[breaker]") {
  for (milliseconds wait : {milliseconds{24h} + 1ms, milliseconds::max()}) {
    auto b = make_breaker();
    run(b, come_back_in(wait), t0);
    CHECK(retry_time(b) == t0 + 24h);
  }
  auto b = make_breaker();
  run(b, come_back_in(24h - 1ms), t0);
  CHECK(retry_time(b) == t0 + 24h - 1ms);
}

TEST_CASE("there is no jitter on the server's wait", "[breaker]") {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    breaker b{{}, seed};
    run(b, come_back_in(600s), t0);
    CHECK(retry_time(b) == t0 + 600s);
  }
}

TEST_CASE("a probe told to come back later reopens until then", "[breaker]") {
  auto b = make_breaker();
  trip(b, t0);
  b.tick(t0 + 300s);
  b.take_transitions();
  run(b, come_back_in(1h), t0 + 300s);
  CHECK(retry_time(b) == t0 + 300s + 1h);
  CHECK(texts(b)
        == std::vector<std::string>{
          "half_open open probe_failed:llm_rate_limited"});
  // The server's wait is not part of the breaker's own growth.
  run(b, bad(), retry_time(b));
  CHECK(open_time(b) == 675s);
}

TEST_CASE("a probe's Retry-After within the own schedule changes nothing",
          "[breaker]") {
  auto b = make_breaker();
  trip(b, t0);
  run(b, come_back_in(60s), t0 + 300s);
  CHECK(open_time(b) == 450s);
}

TEST_CASE("the failure that trips also respects the server's wait",
          "[breaker]") {
  auto b = make_breaker();
  run(b, {call_verdict::trip, cause::llm_quota, 2h}, t0);
  CHECK(retry_time(b) == t0 + 2h);
  CHECK(texts(b) == std::vector<std::string>{"closed open trip_now:llm_quota"});
}

TEST_CASE("a wait beside a good or neutral result means nothing", "[breaker]") {
  for (auto verdict : {call_verdict::success, call_verdict::neutral}) {
    auto b = make_breaker();
    run(b, {verdict, cause::llm_bad_request, 1h}, t0);
    CHECK(b.state() == breaker_state::closed);
  }
}

TEST_CASE("no later Retry-After moves a breaker that is open", "[breaker]") {
  auto b = make_breaker();
  auto other = admit(b, t0);
  run(b, come_back_in(600s), t0);
  CHECK_FALSE(b.settle(other, come_back_in(1200s), t0 + 1s));
  CHECK(retry_time(b) == t0 + 600s);
}
