#include "core/scoring/assessment.hpp"
#include "tests/support/catch.hpp"

#include <cmath>

using namespace riskbreaker::core;

TEST_CASE("the parts of a shared call's report add up to the whole",
          "[assessment]") {
  llm_report whole;
  whole.endpoint = "e";
  whole.model = "m";
  whole.attempts = 2;
  whole.prompt_tokens = 1'003;
  whole.completion_tokens = 2;
  whole.cost_usd = 0.3;
  auto shared = std::make_shared<const llm_report>(whole);
  std::uint64_t prompt = 0, completion = 0;
  double cost = 0;
  for (std::size_t n = 0; n < 4; ++n) {
    auto x = share_of(shared, n, 4, "why " + std::to_string(n));
    REQUIRE(x);
    prompt += x->prompt_tokens;
    completion += x->completion_tokens;
    cost += x->cost_usd;
    CHECK(x->prompt_tokens == (n < 3 ? 251u : 250u));
    CHECK(x->attempts == 2);
    CHECK(x->model == "m");
    CHECK(x->reasoning == "why " + std::to_string(n));
  }
  CHECK(prompt == 1'003);
  CHECK(completion == 2);
  CHECK(std::fabs(cost - 0.3) < 1e-12);
}

TEST_CASE("where nothing was sent there is no report to share",
          "[assessment]") {
  CHECK_FALSE(share_of(nullptr, 0, 2, "x"));
}
