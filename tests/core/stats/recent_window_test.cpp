#include "core/stats/recent_window.hpp"
#include "tests/support/catch.hpp"

using namespace riskbreaker::core;
using namespace std::chrono_literals;

namespace {

constexpr steady_time t0{1000h}; // a step begins here

} // namespace

TEST_CASE("lately nothing happened: no rates", "[recent_window]") {
  auto x = recent_window{}.sum(t0);
  CHECK(x.requests == 0);
  CHECK(x.total_calls == 0);
  CHECK_FALSE(x.success_rate);
  CHECK_FALSE(x.answered_rate);
}

TEST_CASE("what happened as a step began counts for five minutes",
          "[recent_window]") {
  recent_window x;
  x.requested(1, t0);
  x.answered(answer_source::llm, t0);
  x.call_finished(call_verdict::success, t0);
  CHECK(x.sum(t0).requests == 1);
  CHECK(x.sum(t0 + 300s - 1ns).requests == 1);
  CHECK(x.sum(t0 + 300s - 1ns).success_rate == 100.0);
  CHECK(x.sum(t0 + 300s - 1ns).answered_rate == 100.0);
  CHECK(x.sum(t0 + 300s).requests == 0);
  CHECK_FALSE(x.sum(t0 + 300s).success_rate);
}

TEST_CASE("what happened as a step ended counts for a step less",
          "[recent_window]") {
  recent_window x;
  x.answered(answer_source::llm, t0 + 5s - 1ns);
  x.answered(answer_source::llm, t0 + 5s);
  CHECK(x.sum(t0 + 300s - 1ns).answered == 2);
  CHECK(x.sum(t0 + 300s).answered == 1);
  CHECK(x.sum(t0 + 305s - 1ns).answered == 1);
  CHECK(x.sum(t0 + 305s).answered == 0);
}

TEST_CASE("a place is used again after five minutes, or years",
          "[recent_window]") {
  recent_window x;
  x.call_finished(call_verdict::failure, t0);
  x.call_finished(call_verdict::success, t0 + 300s);
  CHECK(x.sum(t0 + 300s).total_calls == 1);
  CHECK(x.sum(t0 + 300s).success_rate == 100.0);
  CHECK(x.sum(t0 + 24h * 3650).total_calls == 0);
  x.call_finished(call_verdict::neutral, t0 + 24h * 3650);
  CHECK(x.sum(t0 + 24h * 3650).total_calls == 1);
}

TEST_CASE("kinds of ends and sources are told apart", "[recent_window]") {
  recent_window x;
  for (auto verdict : {call_verdict::success, call_verdict::failure,
                       call_verdict::failure, call_verdict::neutral})
    x.call_finished(verdict, t0);
  for (auto source :
       {answer_source::llm, answer_source::llm_cached, answer_source::fallback})
    x.answered(source, t0 + 1min);
  auto sum = x.sum(t0 + 2min);
  CHECK(sum.total_calls == 4);
  CHECK(sum.successful_calls == 1);
  CHECK(sum.failed_calls == 2);
  CHECK(sum.success_rate == 25.0);
  CHECK(sum.answered == 3);
  CHECK(sum.fallbacks == 1);
  CHECK_FALSE(sum.answered_rate); // asked before the window began
}

TEST_CASE("a request without an answer lowers the rate until it is old, unless "
          "a call is under way for it",
          "[recent_window]") {
  recent_window x;
  x.requested(4, t0);
  for (int i = 0; i < 3; ++i)
    x.answered(answer_source::llm, t0 + 1s);
  CHECK(x.sum(t0 + 2s).requests == 4);
  CHECK(x.sum(t0 + 2s).answered_rate == 75.0);
  CHECK(x.sum(t0 + 2s, 1).answered_rate == 100.0);
  CHECK_FALSE(x.sum(t0 + 2s, 4).answered_rate);
  CHECK_FALSE(x.sum(t0 + 2s, 9).answered_rate);
  CHECK_FALSE(x.sum(t0 + 300s).answered_rate);
}
