#include "core/cause.hpp"
#include "tests/support/catch.hpp"

#include <set>
#include <string>

using namespace riskbreaker::core;

TEST_CASE("every cause has its own name and is found by it", "[cause]") {
  std::set<std::string> seen;
  for (std::size_t i = 0; i < cause_count; ++i) {
    auto x = static_cast<cause>(i);
    CHECK(seen.insert(to_string(x)).second);
    CHECK(cause_from(to_string(x)) == x);
  }
  CHECK(to_string(cause::shutting_down) == std::string{"shutting_down"});
  CHECK(to_string(cause::llm_truncated) == std::string{"llm_truncated"});
  CHECK(static_cast<std::size_t>(cause::shutting_down) + 1 == cause_count);
}

TEST_CASE("other names are no causes", "[cause]") {
  for (auto name : {"", "llm", "LLM_TIMEOUT", "llm_timeout ", "invalid"})
    CHECK_FALSE(cause_from(name));
  CHECK(to_string(static_cast<cause>(200)) == std::string{"invalid"});
}
