#include "core/llm/answer.hpp"
#include "tests/support/catch.hpp"
#include "transport/json_parser.hpp"

#include <nlohmann/json.hpp>

using namespace riskbreaker;
using nlohmann::json;

namespace {

const std::vector<std::string_view> three{"BTC/USDT", "ETH/USDT", "币/USDT"};

core::shared_reading read(const std::string& content,
                          const std::vector<std::string_view>& pairs = three,
                          const char* finish = "stop") {
  core::http_reply reply;
  reply.status = 200;
  reply.body
    = json{{"model", "m"},
           {"choices",
            {{{"finish_reason", finish}, {"message", {{"content", content}}}}}},
           {"usage", {{"prompt_tokens", 9}, {"completion_tokens", 4}}}}
        .dump();
  return core::read_shared_reply(reply, pairs, transport::parse_json, {});
}

core::shared_answer answer_in(const std::string& content) {
  auto got = read(content);
  if (auto* failure = std::get_if<core::call_failure>(&got))
    FAIL(failure->detail);
  return std::get<core::shared_answer>(got);
}

core::call_failure failure_in(const std::string& content,
                              const char* finish = "stop") {
  auto got = read(content, three, finish);
  REQUIRE(std::holds_alternative<core::call_failure>(got));
  return std::get<core::call_failure>(got);
}

/// The scores in order, -1 where there is none.
std::vector<double> scores(const core::shared_answer& x) {
  std::vector<double> out;
  for (const auto& one : x.pairs)
    out.push_back(one ? one->risk_score : -1);
  return out;
}

using numbers = std::vector<double>;

json entry(const char* pair, json score = 10, json confidence = 0.5) {
  return {{"pair", pair},
          {"risk_score", std::move(score)},
          {"confidence", std::move(confidence)},
          {"reasoning", std::string{"about "} + pair}};
}

json whole(json a, json b, json c) {
  return {{"assessments", {std::move(a), std::move(b), std::move(c)}}};
}

} // namespace

TEST_CASE("each pair gets the answer that names it, in any order",
          "[shared_answer]") {
  auto x = answer_in(
    whole(entry("币/USDT", 30), entry("BTC/USDT", 10), entry("ETH/USDT", 20))
      .dump());
  CHECK(scores(x) == numbers{10, 20, 30});
  CHECK(x.pairs[1]->reasoning == "about ETH/USDT");
  CHECK(x.problems.empty());
  CHECK(x.model == "m");
  CHECK(x.usage->prompt == 9u);
}

TEST_CASE("answers may stand under the pairs' names, in a bare list or as "
          "objects of their own",
          "[shared_answer]") {
  auto object = [](int score) {
    return json{{"risk_score", score}, {"confidence", 0.5}};
  };
  CHECK(scores(answer_in(json{{"BTC/USDT", object(1)},
                              {"ETH/USDT", object(2)},
                              {"币/USDT", json::array({object(3)})}}
                           .dump()))
        == numbers{1, 2, 3});
  CHECK(scores(answer_in(json{{"result",
                               {{"BTC/USDT", object(1)},
                                {"ETH/USDT", object(2)},
                                {"币/USDT", object(3)}}}}
                           .dump()))
        == numbers{1, 2, 3});
  CHECK(scores(answer_in(
          json{entry("BTC/USDT", 1), entry("ETH/USDT", 2), entry("币/USDT", 3)}
            .dump()))
        == numbers{1, 2, 3});
  CHECK(scores(answer_in("Here:\n```json\n" + entry("BTC/USDT", 1).dump()
                         + "\n```\n" + entry("ETH/USDT", 2).dump()
                         + entry("币/USDT", 3).dump()))
        == numbers{1, 2, 3});
}

TEST_CASE("a pair that is missing or wrong costs only itself",
          "[shared_answer]") {
  for (const auto& bad :
       {json(150), json("high"), json(nullptr), json(0.75), json(true)}) {
    auto x = answer_in(
      whole(entry("BTC/USDT", 10), entry("ETH/USDT", bad), entry("币/USDT", 30))
        .dump());
    CHECK(scores(x) == numbers{10, -1, 30});
    CHECK_THAT(x.problems, Catch::Contains("ETH/USDT: risk_score"));
  }
  auto x = answer_in(
    whole(entry("BTC/USDT"), entry("ETH/USDT", 10, "sure"), "nothing").dump());
  CHECK(scores(x) == numbers{10, -1, -1});
  CHECK_THAT(x.problems, Catch::Contains("ETH/USDT: confidence")
                           && Catch::Contains("币/USDT: no object"));
}

TEST_CASE("an answer that names no pair of ours is nobody's",
          "[shared_answer]") {
  auto x = answer_in(json{entry("BTC/USDT", 10), entry("BTC/USDT:USDT", 20),
                          entry("eth/usdt", 30), entry("ETH", 40),
                          json{{"risk_score", 50}, {"confidence", 0.5}}}
                       .dump());
  CHECK(scores(x) == numbers{10, -1, -1});
}

TEST_CASE("two answers for one pair must agree", "[shared_answer]") {
  CHECK(scores(answer_in(json{entry("BTC/USDT", 10), entry("ETH/USDT", 20),
                              entry("BTC/USDT", 10)}
                           .dump()))
        == numbers{10, 20, -1});
  CHECK(scores(answer_in(json{entry("BTC/USDT", 10), entry("ETH/USDT", 20),
                              entry("BTC/USDT", 11)}
                           .dump()))
        == numbers{-1, 20, -1});
}

TEST_CASE("an answer under another pair's name is neither's",
          "[shared_answer]") {
  CHECK(scores(answer_in(json{{"BTC/USDT", entry("ETH/USDT", 20)},
                              {"币/USDT", entry("币/USDT", 30)}}
                           .dump()))
        == numbers{-1, -1, 30});
}

TEST_CASE("a decoy in a thought is no answer", "[shared_answer]") {
  auto decoy = entry("BTC/USDT", 1).dump(), real = entry("BTC/USDT", 2).dump();
  CHECK(scores(answer_in("<think>" + decoy + "</think>" + real))
        == numbers{2, -1, -1});
  CHECK(scores(answer_in(decoy + "</think>" + real)) == numbers{2, -1, -1});
  CHECK(failure_in("<think>" + decoy).why == core::cause::llm_truncated);
}

TEST_CASE("without any answer, or cut, the whole call has failed",
          "[shared_answer]") {
  CHECK(failure_in("I cannot say.").why == core::cause::llm_malformed);
  CHECK(failure_in("{}").verdict == core::call_verdict::failure);
  CHECK(failure_in(R"({"risk_score": 10, "confidence": 0.5})").why
        == core::cause::llm_malformed);
  auto all = whole(entry("BTC/USDT"), entry("ETH/USDT"), entry("币/USDT"));
  auto cut = failure_in(all.dump(), "length");
  CHECK(cut.why == core::cause::llm_truncated);
  CHECK(cut.usage->completion == 4u);
}

TEST_CASE("keys may be written with escapes", "[shared_answer]") {
  auto got
    = read(R"({"risk\u005fscore": 10, "confidence": 0.5})", {"BTC/USDT"});
  REQUIRE(std::holds_alternative<core::shared_answer>(got));
  CHECK(scores(std::get<core::shared_answer>(got)) == numbers{10});
}

TEST_CASE("one pair alone need not be named", "[shared_answer]") {
  auto got = read(R"({"risk_score": 10, "confidence": 0.5})", {"BTC/USDT"});
  REQUIRE(std::holds_alternative<core::shared_answer>(got));
  CHECK(scores(std::get<core::shared_answer>(got)) == numbers{10});
}
