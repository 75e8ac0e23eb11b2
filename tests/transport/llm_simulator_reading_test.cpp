#include "core/llm/answer.hpp"
#include "tests/transport/http_support.hpp"
#include "transport/json_parser.hpp"

#include <array>

using namespace riskbreaker::transport;
using namespace riskbreaker::core;

namespace {

reading read_under(const std::string& fault, milliseconds timeout = 5s) {
  running_simulator server{fault};
  auto client = make_curl_client();
  return read_reply(fetch(*client, chat(server, timeout)), "BTC/USDT",
                    parse_json, unix_ms{});
}

struct expectation {
  const char* fault;
  cause why;
  call_verdict verdict;
  bool retryable;
};

} // namespace

TEST_CASE("every fault of the simulator is read as what it stands for",
          "[llm_simulator]") {
  constexpr auto failure = call_verdict::failure;
  constexpr auto trip = call_verdict::trip;
  constexpr auto neutral = call_verdict::neutral;
  constexpr auto expectations = std::array{
    expectation{"hang", cause::llm_timeout, failure, true},
    expectation{"hang_after_headers", cause::llm_timeout, failure, true},
    expectation{"drip", cause::llm_timeout, failure, true},
    expectation{"keepalive_blank_lines:9", cause::llm_timeout, failure, true},
    expectation{"status:500", cause::llm_server_error, failure, true},
    expectation{"status:502+html", cause::llm_server_error, failure, true},
    expectation{"status:200+html", cause::llm_malformed, failure, false},
    expectation{"status:429", cause::llm_rate_limited, failure, true},
    expectation{"status:404", cause::llm_not_found, trip, false},
    expectation{"status:307", cause::llm_not_found, trip, false},
    expectation{"error_in_200", cause::llm_rate_limited, failure, true},
    expectation{"error_in_200:503", cause::llm_server_error, failure, true},
    expectation{"empty", cause::llm_malformed, failure, false},
    expectation{"cut_body", cause::llm_unreachable, failure, true},
    expectation{"malformed", cause::llm_malformed, failure, false},
    expectation{"no_choices", cause::llm_malformed, failure, false},
    expectation{"null_content", cause::llm_malformed, failure, false},
    expectation{"truncated", cause::llm_truncated, failure, false},
    expectation{"refused", cause::llm_refused, neutral, false},
    expectation{"out_of_range", cause::llm_malformed, failure, false},
    expectation{"reset", cause::llm_unreachable, failure, true},
    expectation{"flaky:1", cause::llm_server_error, failure, true},
    expectation{"quota", cause::llm_quota, trip, false},
    expectation{"auth", cause::llm_auth, trip, false},
  };
  for (const auto& expected : expectations) {
    INFO(expected.fault);
    const bool endless = expected.why == cause::llm_timeout;
    const auto result = read_under(expected.fault, endless ? 400ms : 20s);
    const auto* failed = std::get_if<call_failure>(&result);
    REQUIRE(failed);
    INFO(failed->detail);
    CHECK(to_string(failed->why) == std::string{to_string(expected.why)});
    CHECK(static_cast<int>(failed->verdict)
          == static_cast<int>(expected.verdict));
    CHECK(failed->retryable == expected.retryable);
  }
}

TEST_CASE("every wrapping of a right answer is read as the same score",
          "[llm_simulator]") {
  const auto plain = read_under("ok");
  const auto* expected = std::get_if<model_answer>(&plain);
  REQUIRE(expected);
  CHECK(expected->model == "m-1");
  REQUIRE(expected->usage);
  CHECK(!expected->usage->estimated);
  for (const auto* fault : {"fenced", "think", "prose", "slow:0.1",
                            "keepalive_blank_lines:0.1", "drip:0.001"}) {
    INFO(fault);
    const auto result = read_under(fault);
    const auto* answer = std::get_if<model_answer>(&result);
    REQUIRE(answer);
    CHECK(answer->risk_score == expected->risk_score);
    CHECK(answer->confidence == expected->confidence);
  }
}

TEST_CASE("a Retry-After of the simulator reaches the caller",
          "[llm_simulator]") {
  const auto result = read_under("status:429+retry_after=2");
  const auto* failed = std::get_if<call_failure>(&result);
  REQUIRE(failed);
  CHECK(failed->retry_after == 2s);
}
