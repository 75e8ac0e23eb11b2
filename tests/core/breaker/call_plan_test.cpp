#include "core/breaker/call_plan.hpp"
#include "tests/support/catch.hpp"

#include <vector>

using namespace riskbreaker::core;
using namespace std::chrono_literals;

namespace {

constexpr steady_time t0{5h};
constexpr auto end = t0 + 20s;

steady_time wait_of(const call_step& x) {
  REQUIRE(std::holds_alternative<wait_until>(x));
  return std::get<wait_until>(x).at;
}

milliseconds timeout_of(const call_step& x) {
  REQUIRE(std::holds_alternative<make_attempt>(x));
  return std::get<make_attempt>(x).timeout;
}

bool gives_up(const call_step& x) {
  return std::holds_alternative<give_up>(x);
}

} // namespace

TEST_CASE("an attempt has its own timeout or what is left of the call",
          "[call_plan]") {
  auto first = [](steady_time now) {
    return call_plan{{}, end, false, 1}.first(now).timeout;
  };
  CHECK(first(t0) == 15s);
  CHECK(first(t0 + 5s) == 15s);
  CHECK(first(t0 + 5s + 1ns) == 14999ms);
  CHECK(first(end - 1500ms) == 1500ms);
}

TEST_CASE("the first attempt is always made, and never without a limit",
          "[call_plan]") {
  for (auto now : {end - 1ms, end - 1ns, end, end + 1h}) {
    call_plan plan{{}, end, false, 1};
    CHECK(plan.first(now).timeout == 1ms);
    CHECK(plan.attempts_made() == 1);
  }
}

TEST_CASE("a call makes one attempt and its retries, no more", "[call_plan]") {
  for (std::uint32_t retries : {0U, 1U, 2U, 5U}) {
    call_policy policy;
    policy.max_retries = retries;
    policy.backoff_base = 10ms;
    call_plan plan{policy, end, false, 1};
    plan.first(t0);
    auto now = t0;
    for (std::uint32_t i = 0; i < retries; ++i) {
      now = wait_of(plan.after_failure(now, true, std::nullopt));
      timeout_of(plan.resume(now));
    }
    CHECK(gives_up(plan.after_failure(now, true, std::nullopt)));
    CHECK(plan.attempts_made() == 1 + retries);
  }
}

TEST_CASE("the greatest number of retries does not wrap to none",
          "[call_plan]") {
  call_policy policy;
  policy.max_retries = 0xFFFFFFFF;
  call_plan plan{policy, end, false, 1};
  plan.first(t0);
  CHECK_FALSE(gives_up(plan.after_failure(t0, true, std::nullopt)));
}

TEST_CASE("a probe is a single attempt", "[call_plan]") {
  call_plan plan{{}, end, true, 1};
  CHECK(plan.first(t0).timeout == 15s);
  CHECK(gives_up(plan.after_failure(t0 + 1ms, true, std::nullopt)));
}

TEST_CASE("what is not retryable is not retried", "[call_plan]") {
  call_plan plan{{}, end, false, 1};
  plan.first(t0);
  CHECK(gives_up(plan.after_failure(t0, false, 1s)));
}

TEST_CASE("waits grow by the factor, within a fifth either way",
          "[call_plan]") {
  auto low = steady_time::duration::max();
  auto high = steady_time::duration::min();
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    call_policy policy;
    call_plan plan{policy, t0 + 1h, false, seed};
    plan.first(t0);
    auto first = wait_of(plan.after_failure(t0, true, std::nullopt)) - t0;
    CHECK(first >= 1200ms); // before attempt 2: 1 s × 1.5
    CHECK(first <= 1800ms);
    low = std::min(low, first);
    high = std::max(high, first);
    timeout_of(plan.resume(t0 + first));
    auto second = wait_of(plan.after_failure(t0, true, std::nullopt)) - t0;
    CHECK(second >= 1800ms); // before attempt 3: 1 s × 1.5²
    CHECK(second <= 2700ms);
  }
  CHECK(low < 1250ms);
  CHECK(high > 1750ms);
}

TEST_CASE("the same seed waits the same time", "[call_plan]") {
  auto wait = [](std::uint64_t seed) {
    call_plan plan{{}, end, false, seed};
    plan.first(t0);
    return wait_of(plan.after_failure(t0, true, std::nullopt));
  };
  CHECK(wait(3) == wait(3));
  CHECK(wait(3) != wait(4));
}

TEST_CASE("a longer Retry-After is used as it is, a shorter one not at all",
          "[call_plan]") {
  auto wait = [](std::optional<milliseconds> retry_after) {
    call_plan plan{{}, end, false, 7};
    plan.first(t0);
    return wait_of(plan.after_failure(t0, true, retry_after)) - t0;
  };
  auto backoff = wait(std::nullopt);
  auto above = std::chrono::ceil<milliseconds>(backoff);
  CHECK(wait(0ms) == backoff);
  CHECK(wait(-5s) == backoff);
  CHECK(wait(above - 1ms) == backoff);
  CHECK(wait(above) == above);
  CHECK(wait(9s) == 9s);
}

TEST_CASE("no wait that leaves less than a useful attempt", "[call_plan]") {
  auto step = [](steady_time now, milliseconds retry_after) {
    call_plan plan{{}, end, false, 7};
    plan.first(t0);
    return plan.after_failure(now, true, retry_after);
  };
  // 20 s − 2 s: the last useful start is 18 s after t0.
  CHECK(wait_of(step(t0 + 8s, 10s)) == t0 + 18s);
  CHECK(gives_up(step(t0 + 8s + 1ns, 10s)));
  CHECK(gives_up(step(t0 + 8s, 10'001ms)));
  CHECK(gives_up(step(t0, milliseconds::max())));
  CHECK(gives_up(step(end, 0ms)));
  CHECK(gives_up(step(end + 1h, 0ms)));
}

TEST_CASE("the backoff itself also has to fit", "[call_plan]") {
  auto wait = [](steady_time now) {
    call_plan plan{{}, end, false, 7};
    plan.first(t0);
    return plan.after_failure(now, true, std::nullopt);
  };
  auto backoff = wait_of(wait(t0)) - t0;
  auto last = end - 2s - backoff;
  CHECK(wait_of(wait(last)) == end - 2s);
  CHECK(gives_up(wait(last + 1ns)));
}

TEST_CASE("a wait that came back too late ends the call", "[call_plan]") {
  auto resume = [](steady_time now) {
    call_plan plan{{}, end, false, 1};
    plan.first(t0);
    wait_of(plan.after_failure(t0, true, std::nullopt));
    return plan.resume(now);
  };
  CHECK(timeout_of(resume(end - 2s)) == 2s);
  CHECK(gives_up(resume(end - 2s + 1ns)));
  CHECK(timeout_of(resume(t0 + 10s)) == 10s);
}

TEST_CASE("a wait that came back too early goes on", "[call_plan]") {
  call_plan plan{{}, end, false, 1};
  plan.first(t0);
  auto at = wait_of(plan.after_failure(t0, true, 5s));
  CHECK(at == t0 + 5s);
  CHECK(wait_of(plan.resume(at - 1ns)) == at);
  CHECK(plan.attempts_made() == 1);
  CHECK(timeout_of(plan.resume(at)) == 15s);
  CHECK(plan.attempts_made() == 2);
}

TEST_CASE("absurd backoffs end the call instead of overflowing",
          "[call_plan]") {
  call_policy policy;
  policy.backoff_factor = 1e300;
  policy.backoff_base = milliseconds::max();
  policy.max_retries = 10;
  call_plan plan{policy, end, false, 1};
  plan.first(t0);
  CHECK(gives_up(plan.after_failure(t0, true, std::nullopt)));
}

// https://github.com/caura-ai/caura/pull/862
TEST_CASE("no plan outlives its deadline, however attempts fail",
          "[call_plan]") {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    call_plan plan{{}, end, false, seed};
    auto now = t0 + plan.first(t0).timeout; // each attempt hangs to its limit
    for (;;) {
      auto step = plan.after_failure(now, true, std::nullopt);
      if (gives_up(step))
        break;
      now = wait_of(step);
      now += timeout_of(plan.resume(now));
    }
    CHECK(now <= plan.deadline());
    CHECK(plan.attempts_made() <= 3);
  }
}

TEST_CASE("a call may take a quarter of the candle at most", "[call_plan]") {
  call_policy policy;
  CHECK(usual_deadline(policy, 1min) == 15s);
  CHECK(usual_deadline(policy, 80s) == 20s);
  CHECK(usual_deadline(policy, 79'996ms) == 19'999ms);
  CHECK(usual_deadline(policy, 5min) == 20s);
}

TEST_CASE("a time-out counts only against a call that had its normal limit",
          "[call_plan]") {
  call_policy policy; // 15 s an attempt
  CHECK(timeout_counts(policy, 20s, 15s));
  CHECK_FALSE(timeout_counts(policy, 20s, 14'999ms));
  CHECK(timeout_counts(policy, 10s, 10s)); // a short timeframe's normal limit
  CHECK_FALSE(timeout_counts(policy, 10s, 9'999ms));
}
