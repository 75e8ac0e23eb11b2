#include "core/llm/usage.hpp"
#include "tests/support/catch.hpp"
#include "transport/json_parser.hpp"

#include <nlohmann/json.hpp>

#include <string>

using namespace riskbreaker;
using nlohmann::json;

namespace {

std::optional<core::token_usage> usage_of(const json& body) {
  auto parsed = transport::parse_json(body.dump());
  REQUIRE(parsed);
  return core::read_usage(*parsed);
}

/// A completion of `message` with `usage`, or without where that is null.
json completion(json message, json usage = nullptr) {
  json out{{"choices", json::array({{{"message", std::move(message)}}})}};
  if (!usage.is_null())
    out["usage"] = std::move(usage);
  return out;
}

std::uint64_t estimate_of(const json& message) {
  auto x = usage_of(completion(message));
  REQUIRE(x);
  CHECK_FALSE(x->prompt);
  CHECK(x->estimated);
  return x->completion;
}

} // namespace

TEST_CASE("tokens are estimated at four bytes each, and none is forgotten",
          "[usage]") {
  CHECK(core::estimate_tokens(0) == 0);
  CHECK(core::estimate_tokens(1) == 1);
  CHECK(core::estimate_tokens(4) == 1);
  CHECK(core::estimate_tokens(5) == 2);
}

TEST_CASE("what the server counts is taken as it is", "[usage]") {
  auto key = GENERATE(0, 1);
  auto x
    = usage_of(completion({{"content", std::string(400, 'x')}},
                          {{key ? "input_tokens" : "prompt_tokens", 900},
                           {key ? "output_tokens" : "completion_tokens", 41}}));
  REQUIRE(x);
  CHECK(x->prompt == 900);
  CHECK(x->completion == 41);
  CHECK_FALSE(x->estimated);
}

TEST_CASE("an answer without a count is estimated from its text", "[usage]") {
  auto nothing = GENERATE(json(nullptr), json(json::object()), json("none"),
                          json{{"prompt_tokens", 0}, {"completion_tokens", 0}},
                          json{{"total_tokens", 0}});
  auto x = usage_of(completion({{"content", std::string(400, 'x')}}, nothing));
  REQUIRE(x);
  CHECK_FALSE(x->prompt);
  CHECK(x->completion == 100);
  CHECK(x->estimated);
}

TEST_CASE("the side that is not counted is estimated, the other kept",
          "[usage]") {
  json message{{"content", std::string(400, 'x')}};
  auto no_count
    = GENERATE(json(0), json(-1), json(1.5), json("41"), json(nullptr),
               json(1e300), json(9'007'199'254'740'992));
  auto x = usage_of(completion(
    message, {{"prompt_tokens", 900}, {"completion_tokens", no_count}}));
  REQUIRE(x);
  CHECK(x->prompt == 900);
  CHECK(x->completion == 100);
  CHECK(x->estimated);
  x = usage_of(completion(
    message, {{"prompt_tokens", no_count}, {"completion_tokens", 41}}));
  REQUIRE(x);
  CHECK_FALSE(x->prompt);
  CHECK(x->completion == 41);
  CHECK(x->estimated);
}

TEST_CASE("a total tells the side that is missing", "[usage]") {
  json message{{"content", std::string(400, 'x')}};
  auto side = GENERATE("prompt_tokens", "completion_tokens");
  auto known = std::string{side} == "prompt_tokens" ? 900 : 41;
  auto x
    = usage_of(completion(message, {{side, known}, {"total_tokens", 941}}));
  REQUIRE(x);
  CHECK(x->prompt == 900);
  CHECK(x->completion == 41);
  CHECK_FALSE(x->estimated);
}

TEST_CASE("thoughts that only the total counts are charged", "[usage]") {
  json usage{{"prompt_tokens", 900}, {"completion_tokens", 41}};
  usage["total_tokens"] = 1'741;
  auto x = usage_of(completion({{"content", "x"}}, usage));
  REQUIRE(x);
  CHECK(x->completion == 841);
  CHECK_FALSE(x->estimated);
  usage["total_tokens"] = 5; // a total that cannot be is none
  CHECK(usage_of(completion({{"content", "x"}}, usage))->completion == 41);
}

TEST_CASE("thoughts are part of the estimate, under whatever name", "[usage]") {
  const std::string forty(40, 'x');
  const std::string eighty(80, 'y');
  CHECK(estimate_of({{"content", "<think>" + forty + "</think>"}}) == 14);
  for (auto name : {"reasoning_content", "reasoning", "thinking"})
    CHECK(estimate_of({{"content", forty}, {name, eighty}}) == 30);
  // vLLM and OpenRouter show the same thoughts twice.
  CHECK(estimate_of({{"content", forty},
                     {"reasoning", eighty},
                     {"reasoning_content", eighty}})
        == 30);
  CHECK(estimate_of({{"content", nullptr}, {"reasoning", eighty}}) == 20);
  CHECK(estimate_of({{"content", nullptr}, {"refusal", eighty}}) == 20);
}

TEST_CASE("content in parts is estimated from all that is text", "[usage]") {
  const std::string forty(40, 'x');
  json text{{"type", "text"}, {"text", forty}};
  json thought{{"type", "thinking"}, {"thinking", json::array({text, text})}};
  CHECK(estimate_of({{"content", json::array({text, thought, forty})}}) == 40);
}

TEST_CASE("where no text came and nothing was counted, nothing is charged",
          "[usage]") {
  CHECK_FALSE(usage_of(completion({{"content", nullptr}})));
  CHECK_FALSE(usage_of(completion(nullptr)));
  CHECK_FALSE(usage_of({{"choices", json::array({nullptr, 1})}}));
  CHECK_FALSE(usage_of({{"error", "busy"}}));
  CHECK_FALSE(usage_of(json::array({1, 2})));
}

TEST_CASE("a refusal without text costs what was counted", "[usage]") {
  auto x
    = usage_of(completion({{"content", nullptr}},
                          {{"prompt_tokens", 900}, {"completion_tokens", 0}}));
  REQUIRE(x);
  CHECK(x->prompt == 900);
  CHECK(x->completion == 0);
  CHECK_FALSE(x->estimated);
}
