#include "tests/core/breaker/breaker_steps.hpp"

using namespace riskbreaker::core;
using namespace riskbreaker::core::test;

namespace {

constexpr unix_ms w0{1'700'000'000s};
constexpr steady_time boot{77s}; // the steady clock of another boot

breaker restored(const breaker_memory& m, unix_ms wall) {
  return breaker::restore(exact_config(), 9, m, boot, wall);
}

} // namespace

// https://github.com/postel-sh/postel/issues/127
TEST_CASE("a restart while open probes after what was left", "[breaker]") {
  auto b = make_breaker();
  trip(b, t0);
  auto memory = b.save(t0 + 100s, w0 + 100s);
  CHECK(memory.retry_at == w0 + 300s);
  CHECK(memory.open_for == 300s);
  auto c = restored(memory, w0 + 140s); // down for 40 s
  CHECK(c.state() == breaker_state::open);
  CHECK(c.consecutive_failures() == 3);
  CHECK(retry_time(c) == boot + 160s);
  CHECK(refuse(c, boot + 160s - 1ns).why == cause::breaker_open);
  CHECK(admit(c, boot + 160s).kind == permit_kind::probe);
}

TEST_CASE("a restart past the retry time brings one probe, never a burst",
          "[breaker]") {
  auto b = make_breaker();
  trip(b, t0);
  auto memory = b.save(t0, w0);
  auto just_before = restored(memory, w0 + 300s - 1ms);
  CHECK(just_before.state() == breaker_state::open);
  CHECK(retry_time(just_before) == boot + 1ms);
  for (auto wall : {w0 + 300s, w0 + 24h * 365}) {
    auto c = restored(memory, wall);
    CHECK(c.state() == breaker_state::half_open);
    CHECK(probe(c, boot).kind == permit_kind::probe);
    CHECK(refuse(c, boot).why == cause::half_open_busy);
  }
}

// https://github.com/fabfuel/circuitbreaker/pull/31
TEST_CASE("a wall clock stepped while down cannot stretch the open time",
          "[breaker]") {
  auto b = make_breaker();
  trip(b, t0);
  auto memory = b.save(t0 + 299s, w0 + 299s);
  CHECK(retry_time(restored(memory, w0 - 1h)) == boot + 300s);
  CHECK(retry_time(restored(memory, unix_ms{})) == boot + 300s);
  CHECK(restored(memory, w0 + 1h).state() == breaker_state::half_open);
}

TEST_CASE("half-open is saved as open with nothing left", "[breaker]") {
  auto b = make_breaker();
  trip(b, t0);
  probe(b, t0 + 300s);
  auto memory = b.save(t0 + 301s, w0);
  CHECK(memory.state == breaker_state::open);
  CHECK(memory.open_for == 0ms);
  CHECK(memory.retry_at == w0);
  for (auto wall : {w0 - 1h, w0, w0 + 1h}) {
    auto c = restored(memory, wall);
    CHECK(c.state() == breaker_state::half_open);
    CHECK(c.probes_in_flight() == 0);
    run(c, bad(), boot);
    CHECK(open_time(c) == 450s); // one reopening, as without the restart
  }
}

TEST_CASE("an overdue open breaker is saved with nothing left", "[breaker]") {
  auto b = make_breaker();
  trip(b, t0);
  CHECK(b.save(t0 + 400s, w0).retry_at == w0);
}

TEST_CASE("part of a millisecond left is saved as a whole one", "[breaker]") {
  auto b = make_breaker();
  trip(b, t0);
  CHECK(b.save(t0 + 300s - 1ns, w0).retry_at == w0 + 1ms);
}

TEST_CASE("growth and a server's wait survive a restart", "[breaker]") {
  auto b = make_breaker();
  trip(b, t0);
  run(b, bad(), retry_time(b));
  run(b, come_back_in(5h), retry_time(b));
  auto now = b.state_since();
  auto memory = b.save(now, w0);
  CHECK(memory.open_for == milliseconds{5h});
  auto c = restored(memory, w0 + 1h);
  CHECK(retry_time(c) == boot + 4h);
  run(c, bad(), boot + 4h);
  CHECK(open_time(c) == 1012500ms);
}

TEST_CASE("growth is over when closed for long enough before the restart",
          "[breaker]") {
  auto b = make_breaker();
  trip(b, t0);
  run(b, bad(), retry_time(b));
  auto closed_at = retry_time(b);
  run(b, good(), closed_at);
  CHECK(b.save(closed_at + 300s - 1ns, w0).reopenings == 1);
  CHECK(b.save(closed_at + 300s, w0).reopenings == 0);
}

TEST_CASE("a closed breaker comes back with its streak", "[breaker]") {
  auto b = make_breaker();
  run(b, bad(), t0);
  run(b, bad(), t0);
  auto c = restored(b.save(t0, w0), w0);
  CHECK(c.state() == breaker_state::closed);
  CHECK(c.state_since() == boot);
  CHECK(c.consecutive_failures() == 2);
  run(c, bad(), boot);
  CHECK(c.state() == breaker_state::open);
}

TEST_CASE("forced states survive a restart", "[breaker]") {
  for (auto act : {&breaker::force_open, &breaker::force_closed}) {
    auto b = make_breaker();
    (b.*act)(t0);
    auto state = b.state();
    auto c = restored(b.save(t0, w0), w0 + 24h);
    CHECK(c.state() == state);
    c.tick(boot + 24h);
    CHECK(c.state() == state);
  }
}

TEST_CASE("every restart is one event, also of a closed breaker", "[breaker]") {
  auto text = [](breaker_memory memory) {
    auto b = restored(memory, w0);
    auto events = texts(b);
    REQUIRE(events.size() == 1);
    return events[0];
  };
  CHECK(text({}) == "closed closed restored");
  breaker_memory memory;
  memory.state = breaker_state::open;
  memory.open_for = 300s;
  memory.retry_at = w0 + 300s;
  CHECK(text(memory) == "open open restored");
  memory.retry_at = w0;
  CHECK(text(memory) == "open half_open restored");
  memory.state = breaker_state::half_open;
  CHECK(text(memory) == "half_open half_open restored");
  memory.state = breaker_state::forced_open;
  CHECK(text(memory) == "forced_open forced_open restored");
}

TEST_CASE("a damaged memory never closes and never opens for ever",
          "[breaker]") {
  breaker_memory memory;
  memory.state = breaker_state::open;
  SECTION("without a time the whole duration starts again") {
    memory.open_for = 300s;
    CHECK(retry_time(restored(memory, w0)) == boot + 300s);
  }
  SECTION("a negative duration is none") {
    memory.open_for = -300s;
    memory.retry_at = w0 + 300s;
    CHECK(restored(memory, w0).state() == breaker_state::half_open);
  }
  SECTION("numbers at the edge of their types do not overflow") {
    memory.open_for = milliseconds::max();
    memory.retry_at = unix_ms::max();
    CHECK(retry_time(restored(memory, w0)) <= boot + 24h * 366);
    memory.retry_at = unix_ms::min();
    CHECK(restored(memory, w0).state() == breaker_state::half_open);
  }
}
