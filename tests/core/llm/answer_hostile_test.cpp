#include "core/llm/answer.hpp"
#include "core/llm/answer_object.hpp"
#include "tests/support/catch.hpp"
#include "transport/json_parser.hpp"

#include <chrono>
#include <random>

using namespace riskbreaker;

namespace {

constexpr std::string_view answer
  = R"({"risk_score": 62, "confidence": 0.74, "reasoning": "calm"})";

std::string repeat(std::string_view piece, std::size_t bytes) {
  std::string out;
  while (out.size() < bytes)
    out += piece;
  return out;
}

/// Bytes that the parser was given while a text was searched.
std::size_t parsed_bytes(const std::string& text) {
  std::size_t total = 0;
  core::find_assessment(text, "P", [&](std::string_view candidate) {
    total += candidate.size();
    return transport::parse_json(candidate);
  });
  return total;
}

double seconds_for(const std::string& text) {
  auto begin = std::chrono::steady_clock::now();
  core::find_assessment(text, "P", transport::parse_json);
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin)
    .count();
}

} // namespace

TEST_CASE("a search takes time in proportion to the text", "[answer]") {
  for (std::string piece : {"{",
                            "[",
                            "{[",
                            "{\"a\":",
                            "[{\"a\":[",
                            "{\"",
                            "{\"a\":\"",
                            "<",
                            "<think",
                            "</think",
                            "<think>",
                            "</think>",
                            "{\"risk_score\":",
                            "{\"\\\"",
                            "{} ",
                            "[[],",
                            "{\"a\": ",
                            "{ ",
                            "{\"risk_score\":1,\"confidence\":1}",
                            "[{\"risk_score\":1},"}) {
    INFO(piece);
    auto small = repeat(piece, 64 << 10);
    auto large = repeat(piece, 1 << 20);
    CHECK(parsed_bytes(large) <= large.size());
    // 16 times the text: 16 times the work, and not 256.
    CHECK(seconds_for(large) <= 64 * seconds_for(small) + 0.2);
  }
}

TEST_CASE("an answer is found behind much that is none", "[answer]") {
  for (std::string piece :
       {"{", "[", "<", "{\"a\" ", "{} ", "[1,2] ", "}", "</"}) {
    INFO(piece);
    auto text = repeat(piece, 1 << 16) + "\n" + std::string{answer};
    auto found = core::find_assessment(text, "P", transport::parse_json).found;
    // What an array left open may hold is half of something.
    CHECK(found.has_value() == (piece != "["));
  }
}

TEST_CASE("depth is bounded, not the machine's stack", "[answer]") {
  auto nested = [](std::size_t n) {
    std::string text;
    for (std::size_t i = 0; i < n; ++i)
      text += "{\"P\":";
    return text + std::string{answer} + std::string(n, '}');
  };
  auto found = [&](std::size_t n) {
    return core::find_assessment(nested(n), "P", transport::parse_json)
      .found.has_value();
  };
  CHECK(found(0));
  CHECK(found(63));
  CHECK_FALSE(found(64));
  CHECK_FALSE(found(65));
  CHECK_FALSE(found(500'000));
}

TEST_CASE("whatever bytes come, a score is in range or there is none",
          "[answer]") {
  std::mt19937 random{7};
  auto pick = [&](std::size_t n) {
    return std::uniform_int_distribution<std::size_t>{0, n - 1}(random);
  };
  const std::string whole
    = R"({"choices":[{"finish_reason":"stop","message":{"content":)"
      R"("<think>{}</think>```json\n{\"risk_score\": \"62%\", \"confidence\":)"
      R"( 0.74, \"reasoning\": \"calm\"}\n```"}}],"error":null})";
  std::size_t answers = 0;
  for (int i = 0; i < 20'000; ++i) {
    core::http_reply reply;
    reply.status = 200;
    reply.body = whole;
    for (auto n = pick(3) + 1; n > 0; --n) {
      auto pos = pick(reply.body.size());
      if (pick(2) == 0)
        reply.body[pos] = static_cast<char>(pick(256));
      else
        reply.body.erase(pos, pick(4));
    }
    auto result
      = core::read_reply(reply, "P", transport::parse_json, core::unix_ms{});
    if (auto* x = std::get_if<core::model_answer>(&result)) {
      ++answers;
      REQUIRE((x->risk_score >= 0 && x->risk_score <= 100));
      REQUIRE((x->confidence >= 0 && x->confidence <= 1));
    } else {
      REQUIRE(std::get<core::call_failure>(result).verdict
              != core::call_verdict::success);
    }
  }
  CHECK(answers > 100);
}
