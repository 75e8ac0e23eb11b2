#pragma once

#include "core/breaker/breaker.hpp"
#include "tests/support/catch.hpp"

#include <variant>
#include <vector>

/// Verbs, so that a test of the breaker reads as a story.
namespace riskbreaker::core::test {

using namespace std::chrono_literals;

inline constexpr steady_time t0{1000h};
inline constexpr milliseconds deadline = 20s;

/// The defaults (threshold 3, 300 s × 1.5 up to 1800 s) without the dice.
inline breaker_config exact_config() {
  breaker_config result;
  result.recovery_jitter = 0;
  return result;
}

inline breaker make_breaker(breaker_config config = exact_config()) {
  return breaker{config, 1};
}

inline call_outcome good() {
  return {call_verdict::success, cause::llm_timeout, std::nullopt};
}

inline call_outcome bad(cause why = cause::llm_timeout) {
  return {call_verdict::failure, why, std::nullopt};
}

inline call_outcome fatal(cause why = cause::llm_auth) {
  return {call_verdict::trip, why, std::nullopt};
}

inline call_outcome ours(cause why = cause::llm_bad_request) {
  return {call_verdict::neutral, why, std::nullopt};
}

inline call_outcome come_back_in(milliseconds wait) {
  return {call_verdict::failure, cause::llm_rate_limited, wait};
}

inline permit admit(breaker& b, steady_time now) {
  auto result = b.acquire(now, deadline);
  REQUIRE(std::holds_alternative<permit>(result));
  return std::get<permit>(result);
}

inline permit probe(breaker& b, steady_time now) {
  auto result = admit(b, now);
  REQUIRE(result.kind == permit_kind::probe);
  return result;
}

inline rejection refuse(breaker& b, steady_time now) {
  auto result = b.acquire(now, deadline);
  REQUIRE(std::holds_alternative<rejection>(result));
  return std::get<rejection>(result);
}

/// One whole call that takes no time.
inline void run(breaker& b, const call_outcome& outcome, steady_time now) {
  REQUIRE(b.settle(admit(b, now), outcome, now));
}

/// CLOSED → OPEN by timeouts.
inline void trip(breaker& b, steady_time now) {
  while (b.state() == breaker_state::closed)
    run(b, bad(), now);
  REQUIRE(b.state() == breaker_state::open);
}

inline steady_time retry_time(const breaker& b) {
  REQUIRE(b.retry_at());
  return *b.retry_at();
}

/// The open time of a breaker that opened or reopened at `since`.
inline steady_time::duration open_time(const breaker& b) {
  return retry_time(b) - b.state_since();
}

inline std::vector<std::string> texts(breaker& b) {
  std::vector<std::string> result;
  for (const auto& x : b.take_transitions())
    result.push_back(std::string{to_string(x.from)} + " " + to_string(x.to)
                     + " " + cause_text(x));
  return result;
}

} // namespace riskbreaker::core::test
