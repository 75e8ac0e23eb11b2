#include "tests/transport/http_support.hpp"

#include <nlohmann/json.hpp>

using namespace riskbreaker::transport;
using riskbreaker::core::http_fault;
using riskbreaker::core::http_reply;

namespace {

http_reply under(const std::string& fault,
                 riskbreaker::core::milliseconds timeout = 5s) {
  INFO(fault);
  running_simulator server{fault};
  auto client = make_curl_client();
  auto reply = fetch(*client, chat(server, timeout));
  CHECK(server.counts().received == 1);
  return reply;
}

/// The parsed body of a complete response with status 200.
nlohmann::json body_under(const std::string& fault) {
  const auto reply = under(fault);
  INFO(fault << ": " << reply.error);
  REQUIRE(reply.fault == http_fault::none);
  REQUIRE(reply.status == 200);
  return nlohmann::json::parse(reply.body);
}

std::string content_under(const std::string& fault) {
  return body_under(fault).at("/choices/0/message/content"_json_pointer);
}

} // namespace

TEST_CASE("ok: a whole answer with usage and the model that was asked",
          "[llm_simulator]") {
  const auto body = body_under("ok");
  CHECK(body["model"] == "m-1");
  CHECK(body["usage"]["prompt_tokens"] > 0);
  CHECK(body["usage"]["completion_tokens"] > 0);
  CHECK(body.at("/choices/0/finish_reason"_json_pointer) == "stop");
  const auto answer = nlohmann::json::parse(
    body.at("/choices/0/message/content"_json_pointer).get<std::string>());
  CHECK(answer["risk_score"] >= 1);
  CHECK(answer["risk_score"] <= 99);
  CHECK(answer["confidence"] <= 1);
}

TEST_CASE("slow: the answer comes when it was said", "[llm_simulator]") {
  const auto reply = under("slow:0.2");
  CHECK(reply.status == 200);
  CHECK(reply.seconds >= 0.199);
  CHECK(reply.seconds < 1);
}

TEST_CASE("drip: every byte comes, one by one", "[llm_simulator]") {
  const auto reply = under("drip:0.001");
  CHECK(reply.fault == http_fault::none);
  CHECK(nlohmann::json::accept(reply.body));
  CHECK(reply.seconds >= 0.001 * static_cast<double>(reply.body.size()));
}

TEST_CASE("keepalive_blank_lines: blank lines, then the answer",
          "[llm_simulator]") {
  // github.com/deepseek-ai/DeepSeek-V3/issues/599
  const auto reply = under("keepalive_blank_lines:1.2");
  REQUIRE(reply.fault == http_fault::none);
  CHECK(reply.seconds >= 1.199);
  CHECK(reply.body.substr(0, 3) == "\n\n{");
  CHECK(nlohmann::json::accept(reply.body));
  const auto quick = under("keepalive_blank_lines:0.2");
  CHECK(quick.seconds >= 0.199);
  CHECK(quick.seconds < 1);
  CHECK(quick.body.substr(0, 2) == "\n{");
}

TEST_CASE("status: the status with its body and Retry-After",
          "[llm_simulator]") {
  const auto plain = under("status:503");
  CHECK(plain.status == 503);
  CHECK(header_of(plain, "content-type") == "application/json");
  CHECK(header_of(plain, "retry-after").empty());
  CHECK(nlohmann::json::parse(plain.body)["error"]["type"] == "server_error");
  const auto page = under("status:502+html+retry_after=2");
  CHECK(page.status == 502);
  CHECK(header_of(page, "content-type") == "text/html");
  CHECK(header_of(page, "retry-after") == "2");
  CHECK(page.body.find("<html>") != std::string::npos);
  // github.com/perplexityai/api-discussion/issues/284
  const auto good_page = under("status:200+html");
  CHECK(good_page.status == 200);
  CHECK(good_page.body.find("<html>") != std::string::npos);
  for (const auto* fault : {"status:204", "status:304"}) {
    const auto bodiless = under(fault);
    CHECK(bodiless.fault == http_fault::none);
    CHECK(bodiless.body.empty());
  }
}

TEST_CASE("quota and auth: the errors by which they are known",
          "[llm_simulator]") {
  const auto quota = under("quota");
  CHECK(quota.status == 429);
  CHECK(nlohmann::json::parse(quota.body)["error"]["code"]
        == "insufficient_quota");
  const auto auth = under("auth");
  CHECK(auth.status == 401);
  CHECK(nlohmann::json::parse(auth.body)["error"]["code"] == "invalid_api_key");
  CHECK(auth.body.find("sk-test") == std::string::npos);
}

TEST_CASE("error_in_200: an error with its code", "[llm_simulator]") {
  CHECK(body_under("error_in_200")["error"]["code"] == 429);
  CHECK(body_under("error_in_200:503")["error"]["code"] == 503);
}

TEST_CASE("empty and malformed: 200 without JSON", "[llm_simulator]") {
  const auto empty = under("empty");
  CHECK(empty.fault == http_fault::none);
  CHECK(empty.body.empty());
  const auto malformed = under("malformed");
  CHECK(malformed.fault == http_fault::none);
  CHECK(!malformed.body.empty());
  CHECK(!nlohmann::json::accept(malformed.body));
}

TEST_CASE("cut_body and reset: the connection is lost, nothing is kept",
          "[llm_simulator]") {
  const auto* fault = GENERATE("cut_body", "reset");
  const auto reply = under(fault);
  CHECK(reply.fault == http_fault::lost);
  CHECK(reply.body.empty());
  CHECK(!reply.error.empty());
}

TEST_CASE("choices that hold no answer", "[llm_simulator]") {
  CHECK(body_under("no_choices")["choices"].empty());
  const auto null_content = body_under("null_content");
  CHECK(null_content.at("/choices/0/message/content"_json_pointer).is_null());
  CHECK(null_content.at("/choices/0/finish_reason"_json_pointer) == "stop");
  CHECK(body_under("refused").at("/choices/0/finish_reason"_json_pointer)
        == "content_filter");
  const auto truncated = body_under("truncated");
  CHECK(truncated.at("/choices/0/finish_reason"_json_pointer) == "length");
  CHECK(!nlohmann::json::accept(
    truncated.at("/choices/0/message/content"_json_pointer)
      .get<std::string>()));
}

TEST_CASE("wrapped answers hold the same object", "[llm_simulator]") {
  const auto plain = content_under("ok");
  const auto fenced = content_under("fenced");
  CHECK(fenced.substr(0, 8) == "```json\n");
  CHECK(nlohmann::json::parse(fenced.substr(8, fenced.size() - 12))
        == nlohmann::json::parse(plain));
  const auto think = content_under("think");
  CHECK(think.substr(0, 7) == "<think>");
  CHECK(think.substr(think.size() - plain.size()) == plain);
  const auto prose = content_under("prose");
  CHECK(prose.find(plain) != std::string::npos);
  CHECK(prose.find("[1,2]") < prose.find(plain));
  CHECK(nlohmann::json::parse(content_under("out_of_range"))["risk_score"]
        == 150);
}
