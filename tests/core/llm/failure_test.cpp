#include "core/llm/answer.hpp"
#include "tests/support/catch.hpp"
#include "transport/json_parser.hpp"

#include <optional>
#include <set>

using namespace riskbreaker;
using core::call_verdict;
using core::cause;

namespace {

core::call_failure failure_of(const core::http_reply& reply) {
  auto result
    = core::read_reply(reply, "P", transport::parse_json, core::unix_ms{});
  REQUIRE(std::holds_alternative<core::call_failure>(result));
  return std::get<core::call_failure>(result);
}

core::http_reply http(long status, std::string body = {}) {
  core::http_reply reply;
  reply.status = status;
  reply.body = std::move(body);
  return reply;
}

struct expected {
  cause why;
  call_verdict verdict;
};

/// The table of the specification, for every status there is.
expected table(long status) {
  switch (status) {
    case 401:
    case 403:
      return {cause::llm_auth, call_verdict::trip};
    case 402:
      return {cause::llm_quota, call_verdict::trip};
    case 404:
      return {cause::llm_not_found, call_verdict::trip};
    case 400:
    case 413:
    case 422:
      return {cause::llm_bad_request, call_verdict::neutral};
    case 408:
      return {cause::llm_timeout, call_verdict::failure};
    case 409:
      return {cause::llm_server_error, call_verdict::failure};
    case 429:
      return {cause::llm_rate_limited, call_verdict::failure};
    default:
      break;
  }
  if (status >= 300 && status <= 399)
    return {cause::llm_not_found, call_verdict::trip};
  if (status >= 500 && status <= 599)
    return {cause::llm_server_error, call_verdict::failure};
  return {cause::llm_malformed, call_verdict::failure};
}

} // namespace

TEST_CASE("every status has its cause and verdict, and few are tried again",
          "[failure]") {
  const std::set<long> again{408, 409, 429};
  for (long status = 0; status <= 1'000; ++status) {
    INFO(status);
    auto x = failure_of(http(status));
    auto want = table(status);
    CHECK(x.why == want.why);
    CHECK(x.verdict == want.verdict);
    CHECK(x.retryable
          == (again.count(status) != 0 || (status >= 500 && status <= 599)));
  }
}

TEST_CASE("an error inside a 200 is what its number says", "[failure]") {
  for (long status = 300; status <= 599; ++status) {
    auto want = table(status);
    auto number = std::to_string(status);
    for (auto& code : {number, "\"" + number + "\""}) {
      INFO(code);
      auto x = failure_of(http(200, "{\"error\":{\"code\":" + code + "}}"));
      CHECK(x.why == want.why);
      CHECK(x.verdict == want.verdict);
    }
  }
}

TEST_CASE("an error inside a 200 without a usable number counts as 500",
          "[failure]") {
  for (std::string code :
       {"0", "-1", "200", "299", "600", "429.5", "1e300", "\"4290\"", "\"42\"",
        "\"4x9\"", "null", "true", "[429]"}) {
    INFO(code);
    auto x = failure_of(http(200, "{\"error\":{\"code\":" + code + "}}"));
    CHECK(x.why == cause::llm_server_error);
    CHECK(x.retryable);
  }
}

TEST_CASE("the status of the reply wins over a number in its body",
          "[failure]") {
  auto x = failure_of(http(503, R"({"error":{"code":429}})"));
  CHECK(x.why == cause::llm_server_error);
}

TEST_CASE("Retry-After is read where a retry may follow, nowhere else",
          "[failure]") {
  for (long status : {408L, 409L, 429L, 500L, 503L, 529L}) {
    auto reply = http(status);
    reply.headers = {{"retry-after", "3"}};
    CHECK(failure_of(reply).retry_after == core::milliseconds{3'000});
  }
  for (long status : {301L, 400L, 401L, 402L, 404L, 422L}) {
    auto reply = http(status);
    reply.headers = {{"retry-after", "3"}};
    CHECK_FALSE(failure_of(reply).retry_after);
  }
}

TEST_CASE("a status that refuses stands even if its body did not come",
          "[failure]") {
  for (auto fault : {core::http_fault::lost, core::http_fault::timeout,
                     core::http_fault::too_large}) {
    auto reply = http(401);
    reply.fault = fault;
    CHECK(failure_of(reply).why == cause::llm_auth);
    CHECK_FALSE(failure_of(reply).retryable);
    reply.status = 429;
    reply.headers = {{"retry-after", "60"}};
    CHECK(failure_of(reply).retry_after == core::milliseconds{60'000});
    reply.status = 200;
    CHECK(failure_of(reply).why != cause::llm_auth);
  }
  auto cancelled = http(401);
  cancelled.fault = core::http_fault::cancelled;
  CHECK(failure_of(cancelled).verdict == call_verdict::neutral);
}

TEST_CASE("an unsupported parameter is named only if it is one of ours",
          "[failure]") {
  auto parameter
    = [](std::string message, std::string code, std::string param) {
        return failure_of(http(400, "{\"error\":{\"message\":\"" + message
                                      + "\",\"code\":\"" + code
                                      + "\",\"param\":\"" + param + "\"}}"))
          .unsupported_parameter;
      };
  using name = std::optional<std::string>;
  CHECK(parameter("", "unsupported_parameter", "temperature")
        == name{"temperature"});
  CHECK(parameter("no", "unsupported_parameter", "top_p") == name{});
  CHECK(parameter("'temperature' unsupported; set 'max_tokens'", "", "")
        == name{"temperature"});
  CHECK(parameter("max_tokens_to_sample is unsupported", "", "") == name{});
  CHECK(parameter("temperature must be a number", "", "temperature") == name{});
  CHECK(parameter("Unrecognized request argument: response_format", "", "")
        == name{"response_format"});
  CHECK(parameter("max_tokens exceeds the context", "context_length_exceeded",
                  "max_tokens")
        == name{});
}

TEST_CASE("a refused schema is told from a refused format", "[failure]") {
  auto parameter = [](std::string error) {
    return failure_of(http(400, "{\"error\":" + error + "}"))
      .unsupported_parameter.value_or("");
  };
  // OpenAI's older models, Groq, DeepSeek, and a server that checks each field.
  CHECK(parameter(R"({"message":"Invalid parameter: 'response_format' of type )"
                  R"('json_schema' is not supported with this model."})")
        == "json_schema");
  CHECK(parameter(R"({"message":"This model does not support response format )"
                  R"(`json_schema`."})")
        == "json_schema");
  CHECK(parameter(R"({"message":"This response_format type is unavailable )"
                  R"(now","code":"invalid_request_error"})")
        == "json_schema");
  CHECK(parameter(R"({"message":"bad value","param":"response_format.type"})")
        == "json_schema");
  CHECK(parameter(R"({"message":"Unsupported parameter","code":)"
                  R"("unsupported_parameter","param":"response_format"})")
        == "response_format");
  CHECK(parameter(R"({"message":"response_formats are odd"})").empty());
  CHECK(parameter(R"({"message":"Unknown argument: response_format."})")
        == "response_format");
  CHECK(parameter(R"({"message":"Structured outputs are not supported"})")
        == "json_schema");
  CHECK(
    parameter(R"({"message":"Structured output is a fine thing"})").empty());
}

TEST_CASE("a key that is refused with a 400 trips, with another status it is "
          "what that says",
          "[failure]") {
  for (auto error :
       {R"({"code":"invalid_api_key"})", R"({"type":"authentication_error"})",
        R"({"message":"API key not valid. Pass a valid one."})"}) {
    auto body = std::string{"{\"error\":"} + error + "}";
    CHECK(failure_of(http(400, body)).why == cause::llm_auth);
    CHECK(failure_of(http(400, body)).verdict == call_verdict::trip);
    CHECK(failure_of(http(429, body)).why == cause::llm_rate_limited);
    CHECK(failure_of(http(404, body)).why == cause::llm_not_found);
  }
}
