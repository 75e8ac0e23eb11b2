#include "tests/support/catch.hpp"
#include "transport/llm_content.hpp"

#include <nlohmann/json.hpp>

using namespace riskbreaker::transport;
using nlohmann::json;
using kind = llm_fault_kind;

namespace {

constexpr const char* two = "=== pair 1 of 2: \"A\\\"/B\" ===\n"
                            "closes 100 101 102\n\n"
                            "=== pair 2 of 2: \"币/D\" ===\n"
                            "closes 100 50 20\n";

json content(kind fault, const char* prompt) {
  llm_fault x;
  x.kind = fault;
  return json::parse(simulate_content(x, prompt, 1));
}

} // namespace

TEST_CASE("the simulated model answers about one market with one object",
          "[llm_content]") {
  auto x = content(kind::ok, "closes 100 101 102");
  CHECK(x["risk_score"].is_number());
  CHECK(x["confidence"].is_number());
}

TEST_CASE("asked about several pairs it answers each from its own numbers",
          "[llm_content]") {
  auto list = content(kind::ok, two)["assessments"];
  REQUIRE(list.size() == 2);
  CHECK(list[0]["pair"] == "A\"/B");
  CHECK(list[1]["pair"] == "币/D");
  // The second market falls to a fifth: that is more risk than a slow rise.
  CHECK(list[1]["risk_score"] > list[0]["risk_score"]);
}

TEST_CASE("a bad pair is the last one, or all of them", "[llm_content]") {
  auto one = content(kind::one_bad_pair, two)["assessments"];
  CHECK(one[0]["risk_score"] < 100);
  CHECK(one[1]["risk_score"] == 150);
  auto all = content(kind::out_of_range, two)["assessments"];
  CHECK(all[0]["risk_score"] == 150);
  CHECK(all[1]["risk_score"] == 150);
  CHECK(content(kind::one_bad_pair, "closes 1 2")["risk_score"] == 150);
}
