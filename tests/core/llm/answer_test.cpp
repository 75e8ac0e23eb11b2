#include "core/llm/answer.hpp"
#include "core/llm/answer_text.hpp"
#include "tests/support/catch.hpp"
#include "transport/json_parser.hpp"

#include <nlohmann/json.hpp>

using namespace riskbreaker;
using core::call_failure;
using core::model_answer;
using nlohmann::json;

namespace {

constexpr core::unix_ms wall{core::milliseconds{1'700'000'000'000}};

core::http_reply http(long status, std::string body) {
  core::http_reply reply;
  reply.status = status;
  reply.body = std::move(body);
  return reply;
}

core::reading read(const core::http_reply& reply) {
  return core::read_reply(reply, "BTC/USDT", transport::parse_json, wall);
}

/// A chat completion around what the model wrote.
json completion(const std::string& content) {
  return {{"model", "some-model"},
          {"choices",
           {{{"finish_reason", "stop"}, {"message", {{"content", content}}}}}},
          {"usage", {{"prompt_tokens", 900}, {"completion_tokens", 41}}}};
}

model_answer answer_to(const json& body) {
  auto result = read(http(200, body.dump()));
  REQUIRE(std::holds_alternative<model_answer>(result));
  return std::get<model_answer>(result);
}

call_failure failure_to(const core::http_reply& reply) {
  auto result = read(reply);
  REQUIRE(std::holds_alternative<call_failure>(result));
  return std::get<call_failure>(result);
}

std::string object(const std::string& reasoning) {
  return json{
    {"risk_score", 62}, {"confidence", 0.74}, {"reasoning", reasoning}}
    .dump();
}

} // namespace

TEST_CASE("an answer names the model and the tokens", "[answer]") {
  auto x = answer_to(completion(object("calm")));
  CHECK(x.model == "some-model");
  REQUIRE(x.usage);
  CHECK(x.usage->prompt == 900);
  CHECK(x.usage->completion == 41);
  CHECK_FALSE(x.usage->estimated);
}

TEST_CASE("tokens are known after failures too", "[answer]") {
  auto malformed = completion("no object here");
  auto cut = completion(object("calm"));
  cut["choices"][0]["finish_reason"] = "length";
  auto refused = completion("no");
  refused["choices"][0]["finish_reason"] = "content_filter";
  json error{{"error", "busy"}, {"usage", malformed["usage"]}};
  for (auto& body : {malformed, cut, refused, error}) {
    auto x = failure_to(http(200, body.dump()));
    INFO(x.detail);
    REQUIRE(x.usage);
    CHECK(x.usage->prompt == 900);
  }
  CHECK(failure_to(http(500, error.dump())).usage);
}

TEST_CASE("reasoning ends at 1,000 characters, never inside one", "[answer]") {
  std::string fits, longer;
  for (int i = 0; i < 1'000; ++i)
    fits += "币";
  longer = fits + "🙂";
  CHECK(answer_to(completion(object(fits))).reasoning == fits);
  CHECK(answer_to(completion(object(longer))).reasoning == fits);
}

TEST_CASE("a reply that was cut anywhere gives no answer", "[answer]") {
  auto whole
    = completion("{\"BTC/USDT\": " + object("a \"b\" {c}") + "}").dump();
  REQUIRE(std::holds_alternative<model_answer>(read(http(200, whole))));
  for (std::size_t n = 0; n < whole.size(); ++n) {
    auto x = failure_to(http(200, whole.substr(0, n)));
    CHECK(x.why == core::cause::llm_malformed);
  }
}

TEST_CASE("content that was cut anywhere gives no answer", "[answer]") {
  auto whole = "```json\n{\"BTC/USDT\": " + object("a \"b\" {c} <think>") + "}";
  CHECK(answer_to(completion(whole)).risk_score == 62);
  for (std::size_t n = 0; n < whole.size(); ++n)
    CHECK(failure_to(http(200, completion(whole.substr(0, n)).dump())).verdict
          == core::call_verdict::failure);
}

TEST_CASE("a detail is one short printable line", "[answer]") {
  std::string body = "<html>\r\n\x1b[31mBad\tGateway \xff";
  body += std::string(10'000, 'x');
  auto x = failure_to(http(502, body));
  CHECK_THAT(x.detail, Catch::StartsWith("HTTP 502: <html>\\x0d\\x0a\\x1b[31m"
                                         "Bad\\x09Gateway \\xffxxx"));
  CHECK(x.detail.size() == 200 + std::string{"HTTP 502: "}.size());
}

TEST_CASE("a detail says what an operator should check", "[answer]") {
  CHECK(failure_to(http(401, R"({"error":{"message":"no such key"}})")).detail
        == "HTTP 401, check the API key: no such key");
  CHECK(
    failure_to(http(200, R"({"error":{"code":404,"message":"gone"}})")).detail
    == "HTTP 200 with error 404, check url and model: gone");
  auto lost = http(0, "");
  lost.fault = core::http_fault::unreachable;
  lost.error = "Could not resolve\nhost";
  CHECK(failure_to(lost).detail == "no connection: Could not resolve\\x0ahost");
}

TEST_CASE("a detail never shows a header, nor what looks like a key",
          "[answer]") {
  auto reply = http(401, "Incorrect key sk-proj-0123456789abcdef, "
                         "Authorization: Bearer 0123456789.abc_def-ghi sent");
  reply.headers = {{"x-request-id", "top-secret"}};
  auto x = failure_to(reply);
  CHECK(x.detail
        == "HTTP 401, check the API key: Incorrect key sk-***, "
           "Authorization: Bearer *** sent");
  CHECK(failure_to(http(404, "no risk-assessment-model, bearer token")).detail
        == "HTTP 404, check url and model: no risk-assessment-model, "
           "bearer token");
}

TEST_CASE("a key that a server quotes is masked wherever it stands",
          "[answer]") {
  std::string body = "key abc, abc! ababc";
  core::mask_secret(body, "abc");
  CHECK(body == "key ***, ***! ab***");
  core::mask_secret(body, "");
  core::mask_secret(body, "other");
  CHECK(body == "key ***, ***! ab***");
}

TEST_CASE("a secret is masked however a server spells it", "[answer]") {
  auto masked = [](std::string text) {
    core::mask_secret(text, "key/1+a");
    return text;
  };
  CHECK(masked(R"(<key/1+a>)") == "<***>");
  CHECK(masked(R"(<key\/1+a>)") == "<***>");   // PHP's json_encode
  CHECK(masked(R"(<key\\\/1+a>)") == "<***>"); // JSON in a JSON string
  CHECK(masked(R"(<key\u002f1\u002Ba>)") == "<***>");
  CHECK(masked(R"(<\\u006bey\\/1+a>)") == "<***>");
  CHECK(masked(R"(<key%2F1%2ba>)") == "<***>"); // in an address
  CHECK(masked(R"(key/key/1+a, key\/1+akey)") == "key/***, ***key");
  for (auto* other : {R"(<key\/1+)", R"(<key\u00)", R"(<key\)", R"(<key%2)",
                      R"(<key\u012f1+a>)", R"(<key\n1+a>)", R"(<key%2f2+a>)"})
    CHECK(masked(other) == other);
}

TEST_CASE("clean text keeps characters whole and mends broken bytes",
          "[answer]") {
  auto clean = [](std::string_view text, std::size_t n, char filler) {
    std::string out;
    core::append_clean(out, text, n, filler);
    return out;
  };
  CHECK(clean("a\nb\x7f"
              "c",
              10, ' ')
        == "a b c");
  CHECK(clean("a\nb\x7f"
              "c",
              3, 0)
        == "abc");
  CHECK(clean("\xe5\xb8", 10, ' ') == "\xef\xbf\xbd\xef\xbf\xbd");
  CHECK(clean("\xed\xa0\x80", 1, ' ') == "\xef\xbf\xbd"); // a surrogate
  CHECK(clean("\xc0\xaf", 1, ' ') == "\xef\xbf\xbd");     // overlong
  CHECK(clean("\xe2\x80\xa8x", 5, ' ') == " x");          // a line separator
  CHECK(clean("\xf4\x90\x80\x80", 1, ' ') == "\xef\xbf\xbd");
  CHECK(clean("éa", 1, ' ') == "é");
}
