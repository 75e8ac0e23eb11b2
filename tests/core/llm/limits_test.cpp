#include "core/llm/limits.hpp"
#include "tests/support/catch.hpp"

#include <cmath>
#include <limits>

using namespace riskbreaker::core;
using namespace std::chrono_literals;

namespace {

constexpr steady_time t0{3h};
constexpr unix_ms noon{std::chrono::sys_days{std::chrono::days{20'000}} + 12h};
constexpr unix_ms midnight = noon + 12h;

endpoint_limits unlimited() {
  endpoint_limits result;
  result.requests_per_minute = std::nullopt;
  return result;
}

/// How many requests are let through at one instant.
int burst(limiter& x, steady_time now, unix_ms wall = noon) {
  int result = 0;
  while (result < 10'000 && !x.spend_request(now, wall))
    ++result;
  return result;
}

} // namespace

// https://github.com/sony/gobreaker/issues/91
TEST_CASE("hanging calls never exceed the in-flight limit", "[limits]") {
  auto limits = unlimited();
  limits.max_in_flight = 2;
  limiter x{limits};
  CHECK_FALSE(x.enter(t0, noon));
  CHECK_FALSE(x.enter(t0, noon));
  CHECK(x.enter(t0 + 1h, noon) == cause::overloaded);
  CHECK(x.in_flight() == 2);
  x.leave();
  CHECK_FALSE(x.enter(t0, noon));
  CHECK(x.enter(t0, noon) == cause::overloaded);
}

TEST_CASE("nothing is admitted where nothing may be in flight", "[limits]") {
  auto limits = unlimited();
  limits.max_in_flight = 0;
  limiter x{limits};
  CHECK(x.enter(t0, noon) == cause::overloaded);
}

TEST_CASE("a slot given back twice is not two slots", "[limits]") {
  auto limits = unlimited();
  limits.max_in_flight = 1;
  limiter x{limits};
  x.leave();
  CHECK(x.in_flight() == 0);
  CHECK_FALSE(x.enter(t0, noon));
  CHECK(x.enter(t0, noon) == cause::overloaded);
}

TEST_CASE("a minute's worth of requests goes at once, then one at a time",
          "[limits]") {
  limiter x{{}}; // 60 a minute
  CHECK(burst(x, t0) == 60);
  CHECK(x.spend_request(t0, noon) == cause::overloaded);
  CHECK(x.enter(t0, noon) == cause::overloaded);
  CHECK(burst(x, t0 + 1s - 1ns) == 0);
  CHECK(burst(x, t0 + 1s) == 1);
  CHECK(burst(x, t0 + 1s) == 0);
  CHECK(burst(x, t0 + 31s) == 30);
  CHECK(burst(x, t0 + 24h) == 60);
}

TEST_CASE("every rate gives exactly its number at once", "[limits]") {
  for (int rate = 1; rate <= 1000; ++rate) {
    auto limits = unlimited();
    limits.requests_per_minute = rate;
    limiter x{limits};
    REQUIRE(burst(x, t0) == rate);
  }
}

TEST_CASE("many small steps of time add up without drift", "[limits]") {
  limiter x{{}};
  burst(x, t0);
  int passed = 0;
  for (int i = 1; i <= 10'000; ++i)
    passed += burst(x, t0 + i * 100ms);
  CHECK(passed == 1000);
}

TEST_CASE("less than one request a minute still lets one through", "[limits]") {
  auto limits = unlimited();
  limits.requests_per_minute = 0.5;
  limiter x{limits};
  CHECK(burst(x, t0) == 1);
  CHECK(burst(x, t0 + 2min - 1ns) == 0);
  CHECK(burst(x, t0 + 2min) == 1);
}

TEST_CASE("a rate of nothing, or none that is a number, admits nothing",
          "[limits]") {
  for (double rate : {0.0, -1.0, std::nan("")}) {
    auto limits = unlimited();
    limits.requests_per_minute = rate;
    limiter x{limits};
    CHECK(x.enter(t0, noon) == cause::overloaded);
    CHECK(x.spend_request(t0 + 1h, noon) == cause::overloaded);
    limits.requests_per_minute = std::nullopt;
    limits.tokens_per_minute = rate;
    x.reconfigure(limits);
    CHECK(x.enter(t0, noon) == cause::overloaded);
  }
}

TEST_CASE("entering pays nothing, each request does", "[limits]") {
  auto limits = unlimited();
  limits.requests_per_minute = 1;
  limits.calls_per_day = 1;
  limiter x{limits};
  CHECK_FALSE(x.enter(t0, noon));
  CHECK_FALSE(x.enter(t0, noon));
  CHECK(x.calls_today() == 0);
  CHECK_FALSE(x.spend_request(t0, noon));
  CHECK(x.calls_today() == 1);
  CHECK(x.spend_request(t0, noon) == cause::budget_exhausted);
  CHECK(x.calls_today() == 1);
}

TEST_CASE("a token debt has to be paid before anything is admitted",
          "[limits]") {
  auto limits = unlimited();
  limits.tokens_per_minute = 6000; // 100 a second
  limiter x{limits};
  x.spend_tokens(5999, 0, t0, noon);
  CHECK_FALSE(x.enter(t0, noon));
  x.spend_tokens(1, 0, t0, noon);
  CHECK(x.enter(t0, noon) == cause::overloaded);
  CHECK_FALSE(x.enter(t0 + 1ns, noon));
  x.spend_tokens(6000, 0, t0, noon); // a minute's debt
  CHECK(x.enter(t0 + 1min, noon) == cause::overloaded);
  CHECK_FALSE(x.enter(t0 + 1min + 1ns, noon));
}

TEST_CASE("an absurd number of tokens does not overflow", "[limits]") {
  auto limits = unlimited();
  limits.tokens_per_minute = 1;
  limiter x{limits};
  for (int i = 0; i < 3; ++i)
    x.spend_tokens(std::numeric_limits<std::uint64_t>::max(), 0, t0, noon);
  CHECK(x.enter(t0 + 24h * 30, noon) == cause::overloaded);
}

TEST_CASE("a day's calls end at its cap and begin anew at midnight UTC",
          "[limits]") {
  auto limits = unlimited();
  limits.calls_per_day = 3;
  limiter x{limits};
  CHECK(burst(x, t0) == 3);
  CHECK(x.enter(t0, noon) == cause::budget_exhausted);
  CHECK(x.enter(t0, midnight - 1ms) == cause::budget_exhausted);
  CHECK_FALSE(x.enter(t0, midnight));
  CHECK(x.calls_today() == 0);
  CHECK(burst(x, t0, midnight) == 3);
}

TEST_CASE("a day's money ends when it is spent", "[limits]") {
  auto limits = unlimited();
  limits.usd_per_day = 1;
  limiter x{limits};
  x.spend_tokens(10, 0.75, t0, noon);
  CHECK_FALSE(x.enter(t0, noon));
  x.spend_tokens(10, 0.25, t0, noon);
  CHECK(x.enter(t0, noon) == cause::budget_exhausted);
  CHECK(x.spend_request(t0, noon) == cause::budget_exhausted);
  CHECK(x.usd_today() == 1.0);
  CHECK_FALSE(x.enter(t0, midnight));
  CHECK(x.usd_today() == 0.0);
}

TEST_CASE("budgets of nothing admit nothing", "[limits]") {
  auto limits = unlimited();
  limits.usd_per_day = 0;
  CHECK(limiter{limits}.enter(t0, noon) == cause::budget_exhausted);
  limits.usd_per_day = std::nullopt;
  limits.calls_per_day = 0;
  CHECK(limiter{limits}.enter(t0, noon) == cause::budget_exhausted);
}

TEST_CASE("a cost that is no number does not open the purse", "[limits]") {
  auto limits = unlimited();
  limits.usd_per_day = 1;
  limiter x{limits};
  x.spend_tokens(1, 2.0, t0, noon);
  for (double usd :
       {std::nan(""), -5.0, std::numeric_limits<double>::infinity()})
    x.spend_tokens(1, usd, t0, noon);
  CHECK(x.usd_today() == 2.0);
  CHECK(x.enter(t0, noon) == cause::budget_exhausted);
}

TEST_CASE("a wall clock that steps back brings no new budget", "[limits]") {
  auto limits = unlimited();
  limits.calls_per_day = 2;
  limiter x{limits};
  CHECK(burst(x, t0, noon) == 2);
  CHECK(x.enter(t0, noon - 6h) == cause::budget_exhausted);
  SECTION("nor does it when it steps back over midnight and forth again") {
    CHECK(burst(x, t0, midnight) == 2);
    CHECK(x.enter(t0, midnight - 1h) == cause::budget_exhausted);
    CHECK(x.enter(t0, midnight + 1h) == cause::budget_exhausted);
    CHECK_FALSE(x.enter(t0, midnight + 24h));
  }
}

TEST_CASE("a clock that was years ahead does not stop budgets for years",
          "[limits]") {
  auto limits = unlimited();
  limits.calls_per_day = 1;
  limiter x{limits};
  CHECK(burst(x, t0, noon + 24h * 3650) == 1);
  CHECK(x.enter(t0, noon) == cause::budget_exhausted); // not a new one at once
  CHECK_FALSE(x.enter(t0, midnight));
}

TEST_CASE("new limits keep slots, spending and how full a bucket is",
          "[limits]") {
  endpoint_limits limits; // 60 a minute
  limits.calls_per_day = 100;
  limiter x{limits};
  CHECK_FALSE(x.enter(t0, noon));
  for (int i = 0; i < 30; ++i)
    CHECK_FALSE(x.spend_request(t0, noon));
  limits.requests_per_minute = 600;
  limits.max_in_flight = 1;
  x.reconfigure(limits);
  CHECK(x.in_flight() == 1);
  CHECK(x.calls_today() == 30);
  CHECK(x.enter(t0, noon) == cause::overloaded);
  limits.calls_per_day = std::nullopt;
  x.reconfigure(limits);
  CHECK(burst(x, t0) == 300); // half full, as before
}

TEST_CASE("a restart within the day goes on with its budget", "[limits]") {
  auto limits = unlimited();
  limits.calls_per_day = 3;
  limiter x{limits};
  CHECK(burst(x, t0) == 3);
  x.spend_tokens(1, 0.5, t0, noon);
  limiter same_day{limits};
  same_day.restore(x.save());
  CHECK(same_day.enter(t0, midnight - 1ms) == cause::budget_exhausted);
  CHECK(same_day.usd_today() == 0.5);
  limiter next_day{limits};
  next_day.restore(x.save());
  CHECK_FALSE(next_day.enter(t0, midnight));
}
