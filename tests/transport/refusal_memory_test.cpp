#include "tests/support/catch.hpp"
#include "transport/refusal_memory.hpp"

using namespace riskbreaker;
using transport::refusal_memory;

namespace {

constexpr core::steady_time start{std::chrono::hours{1}};
constexpr auto hour = refusal_memory::again_after;

} // namespace

TEST_CASE("the first refusal of a kind is told, its repeats hourly",
          "[refusal_memory]") {
  refusal_memory x;
  CHECK(x.note("a", start) == 1);
  CHECK_FALSE(x.note("a", start));
  CHECK(x.note("b", start) == 1);
  CHECK_FALSE(x.note("a", start + hour - core::milliseconds{1}));
  CHECK(x.note("a", start + hour) == 3);
  CHECK_FALSE(x.note("a", start + hour));
  CHECK(x.note("b", start + 2 * hour) == 1);
}

TEST_CASE("a stranger with ever new keys cannot fill the memory",
          "[refusal_memory]") {
  refusal_memory x;
  std::size_t told = 0;
  for (std::size_t i = 0; i < 3 * refusal_memory::max_kinds; ++i)
    told += x.note(std::to_string(i), start) ? 1 : 0;
  CHECK(told == refusal_memory::max_kinds + 1);
  CHECK(x.note("new", start + hour) == 2 * refusal_memory::max_kinds);
}
