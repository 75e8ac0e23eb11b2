#include "tests/support/catch.hpp"
#include "transport/chat_codec.hpp"

#include <nlohmann/json.hpp>

using namespace riskbreaker;
using nlohmann::json;
using transport::answer_format;
using transport::chat_options;

namespace {

json encode(const core::prompt& prompt, const chat_options& options = {}) {
  return json::parse(transport::encode_chat("some/model", prompt, options));
}

const core::prompt hello{"be brief", "BTC \"quoted\"\n币", 5};

} // namespace

TEST_CASE("a chat request has a system and a user message", "[chat_codec]") {
  auto body = encode(hello);
  CHECK(body["model"] == "some/model");
  CHECK(body["messages"]
        == json::parse(R"([{"role": "system", "content": "be brief"},
             {"role": "user", "content": "BTC \"quoted\"\n币"}])"));
}

TEST_CASE("a stream is never asked for", "[chat_codec]") {
  for (auto format : {answer_format::json_schema, answer_format::json_object,
                      answer_format::plain})
    CHECK(encode(hello, {format, true, true})["stream"] == false);
}

TEST_CASE("an answer is bounded and as repeatable as can be", "[chat_codec]") {
  auto body = encode(hello);
  CHECK(body["max_tokens"] >= 300);
  CHECK(body["max_tokens"] <= 2'000);
  CHECK(body["temperature"] == 0);
}

TEST_CASE("what an endpoint does not take is left out", "[chat_codec]") {
  CHECK_FALSE(encode(hello, {answer_format::json_object, false, true})
                .contains("max_tokens"));
  CHECK_FALSE(encode(hello, {answer_format::json_object, true, false})
                .contains("temperature"));
  CHECK_FALSE(encode(hello, {answer_format::plain, true, true})
                .contains("response_format"));
  auto least = encode(hello, {answer_format::plain, false, false});
  CHECK(least.size() == 3); // model, messages, stream
}

TEST_CASE("a JSON object is asked for without a schema", "[chat_codec]") {
  CHECK(
    encode(hello, {answer_format::json_object, true, true})["response_format"]
    == json::parse(R"({"type": "json_object"})"));
}

TEST_CASE("the schema is what is asked for first", "[chat_codec]") {
  CHECK(encode(hello)["response_format"]["type"] == "json_schema");
}

TEST_CASE("the schema is strict and names the three keys", "[chat_codec]") {
  auto body = encode(hello, {answer_format::json_schema, true, true});
  auto format = body["response_format"];
  CHECK(format["type"] == "json_schema");
  CHECK(format["json_schema"]["name"] == "risk_assessment");
  CHECK(format["json_schema"]["strict"] == true);
  auto schema = format["json_schema"]["schema"];
  CHECK(schema["type"] == "object");
  CHECK(schema["additionalProperties"] == false);
  CHECK(schema["required"]
        == json::parse(R"(["risk_score", "confidence", "reasoning"])"));
  CHECK(schema["properties"].size() == 3);
  CHECK(schema["properties"]["risk_score"]["type"] == "number");
  CHECK(schema["properties"]["confidence"]["type"] == "number");
  CHECK(schema["properties"]["reasoning"]["type"] == "string");
}

TEST_CASE("for several pairs the schema is a list that names them, and there "
          "is more room",
          "[chat_codec]") {
  auto two = hello, ten = hello;
  two.pairs = 2;
  ten.pairs = 10;
  auto body = encode(two);
  auto format = body["response_format"]["json_schema"];
  CHECK(format["name"] == "risk_assessments");
  CHECK(format["strict"] == true);
  auto list = format["schema"]["properties"]["assessments"];
  CHECK(list["type"] == "array");
  CHECK(list["items"]["additionalProperties"] == false);
  CHECK(list["items"]["required"]
        == json::parse(R"(["pair", "risk_score", "confidence", "reasoning"])"));
  CHECK(list["items"]["properties"]["pair"]["type"] == "string");
  // One schema for all batches: endpoints compile it once.
  CHECK(encode(ten)["response_format"] == body["response_format"]);
  CHECK(body["max_tokens"] > encode(hello)["max_tokens"]);
  CHECK(encode(ten)["max_tokens"] >= 10 * 300);
}

TEST_CASE("broken bytes in a prompt do not become an exception",
          "[chat_codec]") {
  auto body = encode({"a\xff", "b", 1});
  CHECK(body["messages"][0]["content"] == "a\xef\xbf\xbd");
}
