#include "core/call_verdict.hpp"
#include "core/llm/answer.hpp"
#include "folders.hpp"
#include "tests/support/catch.hpp"
#include "transport/json_parser.hpp"

#include <nlohmann/json.hpp>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>

using namespace riskbreaker;
using nlohmann::json;

namespace {

constexpr core::unix_ms wall{core::milliseconds{1'700'000'000'000}};

json completion(json choice) {
  return {{"id", "x"}, {"choices", json::array({std::move(choice)})}};
}

std::string body_of(const json& entry) {
  if (entry.contains("content"))
    return completion({{"finish_reason", "stop"},
                       {"message", {{"content", entry["content"]}}}})
      .dump();
  if (entry.contains("choice"))
    return completion(entry["choice"]).dump();
  auto body = entry.value("body", json(""));
  return body.is_string() ? body.get<std::string>() : body.dump();
}

core::http_reply reply_of(const json& entry) {
  static const std::map<std::string, core::http_fault> faults{
    {"none", core::http_fault::none},
    {"timeout", core::http_fault::timeout},
    {"unreachable", core::http_fault::unreachable},
    {"lost", core::http_fault::lost},
    {"too_large", core::http_fault::too_large},
    {"cancelled", core::http_fault::cancelled},
  };
  core::http_reply reply;
  reply.fault = faults.at(entry.value("fault", "none"));
  reply.status = entry.value("status", 200L);
  reply.body = body_of(entry);
  auto headers = entry.value("headers", json::object());
  for (auto& [name, value] : headers.items())
    reply.headers.emplace_back(name, value.get<std::string>());
  return reply;
}

/// `[prompt, completion, estimated]`; null is for a side that has to be
/// estimated by the caller.
void check_tokens(const std::optional<core::token_usage>& x, const json& want) {
  if (!want.contains("tokens"))
    return;
  auto& tokens = want["tokens"];
  CHECK(x);
  if (!x)
    return;
  CHECK(x->prompt.has_value() == !tokens[0].is_null());
  if (x->prompt)
    CHECK(*x->prompt == tokens[0].get<std::uint64_t>());
  CHECK(x->completion == tokens[1].get<std::uint64_t>());
  CHECK(x->estimated == tokens[2].get<bool>());
}

void check_answer(const core::model_answer& x, const json& want) {
  CHECK(want.contains("score"));
  if (!want.contains("score"))
    return;
  CHECK(x.risk_score == want["score"].get<double>());
  CHECK(!std::signbit(x.risk_score));
  CHECK(std::fabs(x.confidence - want["confidence"].get<double>()) < 1e-12);
  if (want.contains("reasoning"))
    CHECK(x.reasoning == want["reasoning"].get<std::string>());
  if (want.contains("model"))
    CHECK(x.model == want["model"].get<std::string>());
  check_tokens(x.usage, want);
}

void check_failure(const core::call_failure& x, const json& want) {
  INFO(x.detail);
  CHECK(core::to_string(x.why) == want.value("cause", "(an answer)"));
  CHECK(core::to_string(x.verdict) == want.value("verdict", "success"));
  CHECK(x.retryable == want.value("retryable", false));
  CHECK(x.unsupported_parameter.value_or("") == want.value("unsupported", ""));
  CHECK(x.retry_after.value_or(core::milliseconds{-1}).count()
        == want.value("retry_after_ms", -1L));
  CHECK(x.detail.find('\n') == std::string::npos);
  check_tokens(x.usage, want);
}

} // namespace

TEST_CASE("every reply of the corpus is read as it must be", "[answer]") {
  std::set<std::string> names;
  auto folder = std::filesystem::path{TESTS_DIR} / "data" / "answers";
  for (auto& file : std::filesystem::directory_iterator{folder}) {
    if (file.path().extension() != ".json")
      continue;
    std::ifstream in{file.path()};
    for (auto& entry : json::parse(in)) {
      auto name = entry.at("name").get<std::string>();
      INFO(file.path().filename().string() << ": " << name);
      CHECK(names.insert(name).second);
      auto result
        = core::read_reply(reply_of(entry), entry.value("pair", "BTC/USDT"),
                           transport::parse_json, wall);
      if (auto* answer = std::get_if<core::model_answer>(&result))
        check_answer(*answer, entry.at("want"));
      else
        check_failure(std::get<core::call_failure>(result), entry.at("want"));
    }
  }
  CHECK(names.size() >= 120);
}
