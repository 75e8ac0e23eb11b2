#include "tests/core/breaker/breaker_steps.hpp"

using namespace riskbreaker::core;
using namespace riskbreaker::core::test;

TEST_CASE("a closed breaker admits any number of normal calls", "[breaker]") {
  auto b = make_breaker();
  for (int i = 0; i < 100; ++i)
    CHECK(admit(b, t0).kind == permit_kind::normal);
  CHECK(b.probes_in_flight() == 0);
  CHECK_FALSE(b.next_tick());
}

TEST_CASE("the failure that reaches the threshold opens, not the one before",
          "[breaker]") {
  auto b = make_breaker();
  run(b, bad(), t0);
  run(b, bad(), t0);
  CHECK(b.state() == breaker_state::closed);
  CHECK(b.consecutive_failures() == 2);
  run(b, bad(), t0);
  CHECK(b.state() == breaker_state::open);
  CHECK(b.consecutive_failures() == 3);
  CHECK(retry_time(b) == t0 + 300s);
}

TEST_CASE("a success ends the streak", "[breaker]") {
  auto b = make_breaker();
  run(b, bad(), t0);
  run(b, bad(), t0);
  run(b, good(), t0);
  CHECK(b.consecutive_failures() == 0);
  run(b, bad(), t0);
  run(b, bad(), t0);
  CHECK(b.state() == breaker_state::closed);
}

TEST_CASE("a neutral result leaves the streak as it is", "[breaker]") {
  auto b = make_breaker();
  run(b, bad(), t0);
  run(b, bad(), t0);
  run(b, ours(), t0);
  CHECK(b.consecutive_failures() == 2);
  run(b, bad(), t0);
  CHECK(b.state() == breaker_state::open);
}

// https://github.com/sgl-project/sglang/issues/25811
TEST_CASE("requests of ours that were wrong never open", "[breaker]") {
  auto b = make_breaker();
  for (int i = 0; i < 10; ++i)
    run(b, ours(cause::llm_bad_request), t0);
  CHECK(b.state() == breaker_state::closed);
  CHECK(b.consecutive_failures() == 0);
}

// https://github.com/App-vNext/Polly/issues/1854
TEST_CASE("no window forgets failures that are far apart", "[breaker]") {
  auto b = make_breaker();
  run(b, bad(), t0);
  run(b, bad(), t0 + 1min);
  run(b, bad(), t0 + 24h * 300);
  CHECK(b.state() == breaker_state::open);
}

// https://github.com/jvoegele/external_service/issues/93
TEST_CASE("one failed call counts once, whatever its attempts were",
          "[breaker]") {
  auto b = make_breaker();
  run(b, bad(), t0);
  CHECK(b.consecutive_failures() == 1);
  CHECK(b.state() == breaker_state::closed);
}

TEST_CASE("a failure that cannot heal by itself opens at once", "[breaker]") {
  for (auto why : {cause::llm_auth, cause::llm_quota, cause::llm_not_found}) {
    auto b = make_breaker();
    run(b, fatal(why), t0);
    CHECK(b.state() == breaker_state::open);
    CHECK(b.consecutive_failures() == 1);
    auto events = b.take_transitions();
    REQUIRE(events.size() == 1);
    CHECK(cause_text(events[0]) == std::string{"trip_now:"} + to_string(why));
    CHECK(retry_time(b) == t0 + 300s);
  }
}

TEST_CASE("malformed and truncated answers count like any failure",
          "[breaker]") {
  auto b = make_breaker();
  run(b, bad(cause::llm_malformed), t0);
  run(b, bad(cause::llm_truncated), t0);
  run(b, bad(cause::llm_malformed), t0);
  CHECK(b.state() == breaker_state::open);
}

TEST_CASE("malformed and truncated answers are neutral for a chatty model",
          "[breaker]") {
  auto config = exact_config();
  config.count_malformed = false;
  auto b = make_breaker(config);
  run(b, bad(), t0);
  run(b, bad(), t0);
  run(b, bad(cause::llm_malformed), t0);
  run(b, bad(cause::llm_truncated), t0);
  CHECK(b.consecutive_failures() == 2);
  CHECK(b.state() == breaker_state::closed);
  run(b, bad(cause::llm_server_error), t0);
  CHECK(b.state() == breaker_state::open);
}

// https://github.com/BerriAI/litellm/issues/32425
TEST_CASE("a threshold of one opens at the first failure", "[breaker]") {
  auto config = exact_config();
  config.failure_threshold = 1;
  auto b = make_breaker(config);
  run(b, bad(), t0);
  CHECK(b.state() == breaker_state::open);
}

// https://github.com/nodeshift/opossum/issues/385
TEST_CASE("calls that fail together open once", "[breaker]") {
  auto b = make_breaker();
  std::vector<permit> permits;
  for (int i = 0; i < 20; ++i)
    permits.push_back(admit(b, t0));
  int counted = 0;
  for (std::size_t i = 0; i < permits.size(); ++i)
    counted += b.settle(permits[i], bad(), t0 + milliseconds{i}) ? 1 : 0;
  CHECK(counted == 3);
  CHECK(b.consecutive_failures() == 3);
  CHECK(texts(b)
        == std::vector<std::string>{"closed open consecutive_failures"});
  CHECK(retry_time(b) == t0 + 2ms + 300s); // the third failure's, not moved
  CHECK(b.next_tick() == t0 + 2ms + 300s);
}

// https://github.com/getnora-io/nora/pull/607
TEST_CASE("a permit is settled once, whatever the first result was",
          "[breaker]") {
  for (const auto& first : {good(), bad(), ours()}) {
    auto b = make_breaker();
    auto p = admit(b, t0);
    auto other = admit(b, t0);
    CHECK(b.settle(p, first, t0));
    auto streak = b.consecutive_failures();
    CHECK_FALSE(b.settle(p, bad(), t0));
    CHECK_FALSE(b.settle(p, bad(), t0));
    CHECK(b.consecutive_failures() == streak);
    CHECK(b.settle(other, ours(), t0));
  }
}

TEST_CASE("a second result is told apart from the next call's", "[breaker]") {
  auto b = make_breaker();
  auto first = admit(b, t0);
  REQUIRE(b.settle(first, ours(), t0));
  auto second = admit(b, t0); // may take the place that became free
  CHECK_FALSE(b.settle(first, bad(), t0));
  CHECK(b.consecutive_failures() == 0);
  CHECK(b.settle(second, bad(), t0));
}

TEST_CASE("a permit that nobody got settles nothing", "[breaker]") {
  auto b = make_breaker();
  CHECK_FALSE(b.settle(permit{}, bad(), t0));
  CHECK_FALSE(b.settle({b.generation(), permit_kind::normal, 7}, bad(), t0));
  CHECK(b.consecutive_failures() == 0);
}

TEST_CASE("a breaker is closed since the first time it was told", "[breaker]") {
  auto b = make_breaker();
  b.tick(t0);
  b.tick(t0 + 5s);
  CHECK(b.state_since() == t0);
  trip(b, t0 + 9s);
  CHECK(b.state_since() == t0 + 9s);
}
