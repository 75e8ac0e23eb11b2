#include "tests/core/breaker/breaker_steps.hpp"

using namespace riskbreaker::core;
using namespace riskbreaker::core::test;

TEST_CASE("forced open sends everything away until told otherwise",
          "[breaker]") {
  auto b = make_breaker();
  b.force_open(t0);
  for (auto at : {t0, t0 + 300s, t0 + 24h * 30}) {
    auto r = refuse(b, at);
    CHECK(r.why == cause::breaker_forced);
    CHECK_FALSE(r.retry_at);
  }
  CHECK_FALSE(b.next_tick());
  CHECK_FALSE(b.retry_at());
  CHECK(b.state_since() == t0);
  CHECK(texts(b) == std::vector<std::string>{"closed forced_open forced"});
}

TEST_CASE("forced closed never opens but counts on", "[breaker]") {
  auto b = make_breaker();
  run(b, bad(), t0);
  b.force_closed(t0);
  CHECK(b.consecutive_failures() == 1);
  for (const auto& x : {bad(), bad(), bad(), fatal(), come_back_in(1h)})
    run(b, x, t0);
  CHECK(b.state() == breaker_state::forced_closed);
  CHECK(b.consecutive_failures() == 6);
  run(b, ours(), t0);
  CHECK(b.consecutive_failures() == 6);
  run(b, good(), t0);
  CHECK(b.consecutive_failures() == 0);
  CHECK(admit(b, t0).kind == permit_kind::normal);
  CHECK(texts(b) == std::vector<std::string>{"closed forced_closed forced"});
}

TEST_CASE("auto starts the machine afresh from closed", "[breaker]") {
  auto b = make_breaker();
  SECTION("after forced open") {
    trip(b, t0);
    run(b, bad(), t0 + 300s); // the open time has grown
    b.force_open(t0 + 301s);
  }
  SECTION("after forced closed with a streak") {
    b.force_closed(t0);
    for (int i = 0; i < 5; ++i)
      run(b, bad(), t0);
  }
  b.take_transitions();
  b.automatic(t0 + 1000s);
  CHECK(b.state() == breaker_state::closed);
  CHECK(b.state_since() == t0 + 1000s);
  CHECK(b.consecutive_failures() == 0);
  auto events = b.take_transitions();
  REQUIRE(events.size() == 1);
  CHECK(events[0].to == breaker_state::closed);
  CHECK(cause_text(events[0]) == "auto");
  run(b, bad(), t0 + 1000s);
  run(b, bad(), t0 + 1000s);
  CHECK(b.state() == breaker_state::closed);
  run(b, bad(), t0 + 1000s);
  CHECK(open_time(b) == 300s);
}

TEST_CASE("auto does nothing to a breaker that is not forced", "[breaker]") {
  auto b = make_breaker();
  run(b, bad(), t0);
  b.automatic(t0);
  CHECK(b.consecutive_failures() == 1);
  trip(b, t0);
  b.automatic(t0 + 1s);
  CHECK(b.state() == breaker_state::open);
  CHECK(retry_time(b) == t0 + 300s);
  CHECK(b.take_transitions().size() == 1);
}

TEST_CASE("reset closes from every state with all counters at nothing",
          "[breaker]") {
  auto b = make_breaker();
  auto now = t0;
  SECTION("closed with a streak") {
    run(b, bad(), t0);
  }
  SECTION("open") {
    trip(b, t0);
  }
  SECTION("half-open after growth") {
    trip(b, t0);
    run(b, bad(), t0 + 300s);
    now = retry_time(b);
    b.tick(now);
  }
  SECTION("forced open") {
    b.force_open(t0);
  }
  SECTION("forced closed") {
    b.force_closed(t0);
    run(b, bad(), t0);
  }
  auto from = b.state();
  b.take_transitions();
  b.reset(now);
  CHECK(b.state() == breaker_state::closed);
  CHECK(b.consecutive_failures() == 0);
  CHECK_FALSE(b.next_tick());
  CHECK(texts(b)
        == std::vector<std::string>{std::string{to_string(from)}
                                    + " closed reset"});
  trip(b, now + 1s);
  CHECK(open_time(b) == 300s);
}

TEST_CASE("asking for the same forced state again changes nothing",
          "[breaker]") {
  auto b = make_breaker();
  b.force_closed(t0);
  auto p = admit(b, t0);
  auto generation = b.generation();
  b.force_closed(t0 + 1s);
  CHECK(b.generation() == generation);
  CHECK(b.state_since() == t0);
  CHECK(b.settle(p, good(), t0 + 1s));
  b.force_open(t0 + 2s);
  b.force_open(t0 + 3s);
  CHECK(b.state_since() == t0 + 2s);
  CHECK(b.take_transitions().size() == 2);
}

TEST_CASE("the generation goes up on every change, forced ones too",
          "[breaker]") {
  auto b = make_breaker();
  auto last = b.generation();
  auto rose = [&] {
    return b.generation() > std::exchange(last, b.generation());
  };
  trip(b, t0);
  CHECK(rose());
  b.tick(t0 + 300s);
  CHECK(rose());
  run(b, bad(), t0 + 300s);
  CHECK(rose());
  b.force_closed(t0 + 301s);
  CHECK(rose());
  b.force_open(t0 + 302s);
  CHECK(rose());
  b.automatic(t0 + 303s);
  CHECK(rose());
  b.reset(t0 + 304s);
  CHECK(rose());
}

TEST_CASE("results of calls from before an operator's word do not count",
          "[breaker]") {
  using action = void (breaker::*)(steady_time);
  for (action act : {action{&breaker::force_open},
                     action{&breaker::force_closed}, action{&breaker::reset}}) {
    auto b = make_breaker();
    auto p = admit(b, t0);
    (b.*act)(t0);
    CHECK_FALSE(b.settle(p, fatal(), t0 + 1s));
    CHECK(b.consecutive_failures() == 0);
  }
}

TEST_CASE("what was due before an operator's word happens first", "[breaker]") {
  auto b = make_breaker();
  trip(b, t0);
  b.take_transitions();
  b.force_open(t0 + 400s);
  auto events = b.take_transitions();
  REQUIRE(events.size() == 2);
  CHECK(events[0].at == t0 + 300s);
  CHECK(events[1].from == breaker_state::half_open);
  CHECK(events[1].at == t0 + 400s);
}
