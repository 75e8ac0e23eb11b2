#include "core/stats/repeat_gate.hpp"
#include "tests/support/catch.hpp"

using namespace riskbreaker;
using namespace std::chrono_literals;

TEST_CASE("the first event is told, the next when the time is up",
          "[repeat_gate]") {
  core::repeat_gate<core::unix_ms> x;
  core::unix_ms now{1h};
  CHECK(x.note(now, 60s) == 1);
  CHECK_FALSE(x.note(now, 60s));
  CHECK_FALSE(x.note(now + 60s - 1ms, 60s));
  CHECK(x.note(now + 60s, 60s) == 3);
  CHECK_FALSE(x.note(now + 60s, 60s));
}

TEST_CASE("a clock that was set back does not silence the log",
          "[repeat_gate]") {
  core::repeat_gate<core::unix_ms> x;
  core::unix_ms now{1h};
  CHECK(x.note(now, 60s) == 1);
  CHECK(x.note(now - 30min, 60s) == 1);
  CHECK_FALSE(x.note(now - 30min, 60s));
}
