#include "core/scoring/assessment.hpp"
#include "core/scoring/gate.hpp"
#include "tests/support/catch.hpp"

#include <cmath>
#include <limits>

using namespace riskbreaker::core;

namespace {

constexpr auto unknown = std::numeric_limits<double>::quiet_NaN();

} // namespace

TEST_CASE("a score is allowed up to the limit", "[gate]") {
  CHECK(judge(70, 0.7, {}) == verdict::allow);
  CHECK(judge(std::nextafter(70, 100), 0.7, {}) == verdict::block);
  CHECK(judge(0, 0.7, {}) == verdict::allow);
  CHECK(judge(100, 0.7, {}) == verdict::block);
}

TEST_CASE("a confidence is allowed from the limit on", "[gate]") {
  CHECK(judge(10, 0.5, {}) == verdict::allow);
  CHECK(judge(10, std::nextafter(0.5, 0), {}) == verdict::block);
  CHECK(judge(10, 0, {}) == verdict::block);
}

TEST_CASE("the limits are the strategy's own", "[gate]") {
  gate_config gate{.min_confidence = 0, .max_risk_score = 100};
  CHECK(judge(100, 0, gate) == verdict::allow);
  gate = {.min_confidence = 1, .max_risk_score = 0};
  CHECK(judge(0, 1, gate) == verdict::allow);
  CHECK(judge(0, 0.999, gate) == verdict::block);
  CHECK(judge(0.001, 1, gate) == verdict::block);
}

TEST_CASE("what is not known is never no risk", "[gate]") {
  CHECK(judge(unknown, 0.7, {}) == verdict::block);
  CHECK(judge(10, unknown, {}) == verdict::block);
  CHECK(judge(unknown, unknown, {}) == verdict::block);
  CHECK(judge(10, 0.7, {.min_confidence = unknown}) == verdict::block);
  CHECK(judge(10, 0.7, {.min_confidence = 0.5, .max_risk_score = unknown})
        == verdict::block);
}

TEST_CASE("verdicts and sources have the names of the contract", "[gate]") {
  CHECK(std::string{to_string(verdict::allow)} == "allow");
  CHECK(std::string{to_string(verdict::block)} == "block");
  CHECK(std::string{to_string(answer_source::llm)} == "llm");
  CHECK(std::string{to_string(answer_source::llm_cached)} == "llm_cached");
  CHECK(std::string{to_string(answer_source::fallback)} == "fallback");
}
