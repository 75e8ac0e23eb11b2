#include "core/scoring/journaled.hpp"
#include "tests/support/catch.hpp"

using namespace riskbreaker::core;

TEST_CASE("the journal keeps final assessments of the chosen kind",
          "[journaled]") {
  assessment fallback;
  assessment asked;
  asked.llm = std::make_shared<const llm_report>();
  auto provisional = asked;
  provisional.final = false;
  for (auto choice : {journaled::all, journaled::llm, journaled::none}) {
    CHECK(is_journaled(fallback, choice) == (choice == journaled::all));
    CHECK(is_journaled(asked, choice) == (choice != journaled::none));
    CHECK_FALSE(is_journaled(provisional, choice));
  }
}

TEST_CASE("a breaker's state is found by its name", "[journaled]") {
  for (std::size_t i = 0; i < breaker_state_count; ++i) {
    auto x = static_cast<breaker_state>(i);
    CHECK(breaker_state_from(to_string(x)) == x);
  }
  CHECK_FALSE(breaker_state_from("ajar"));
}
