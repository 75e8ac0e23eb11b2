#include "core/market/refusal_meter.hpp"
#include "tests/support/catch.hpp"

using namespace riskbreaker::core;
using namespace std::chrono_literals;

namespace {

constexpr steady_time t0{};
constexpr auto bad = refusal_reason::bad_price;
constexpr auto junk = refusal_reason::malformed;

} // namespace

TEST_CASE("the first refusals of a second are told one by one",
          "[refusal_meter]") {
  refusal_meter m{3};
  for (int i = 0; i < 3; ++i)
    CHECK(m.admit(bad, t0));
  CHECK_FALSE(m.admit(bad, t0));
  CHECK(m.totals()[static_cast<std::size_t>(bad)] == 4);
}

TEST_CASE("what is held back is summed up by reason when its second is over",
          "[refusal_meter]") {
  refusal_meter m{1};
  CHECK(m.admit(bad, t0));
  CHECK_FALSE(m.summary_due());
  CHECK_FALSE(m.admit(bad, t0));
  CHECK_FALSE(m.admit(junk, t0 + 10ms));
  CHECK_FALSE(m.admit(junk, t0 + 20ms));
  REQUIRE(m.summary_due() == t0 + 1s);
  CHECK(m.take_summaries(t0 + 1s - 1ns).empty());
  auto got = m.take_summaries(t0 + 1s);
  REQUIRE(got.size() == 2);
  CHECK(got[0].reason == junk);
  CHECK(got[0].count == 2);
  CHECK(got[1].reason == bad);
  CHECK(got[1].count == 1);
  CHECK(m.take_summaries(t0 + 2s).empty());
  CHECK(m.admit(bad, t0 + 1s));
}

TEST_CASE("a new second begins by itself when nothing was held back",
          "[refusal_meter]") {
  refusal_meter m{1};
  CHECK(m.admit(bad, t0));
  CHECK(m.admit(bad, t0 + 1s));
  CHECK_FALSE(m.admit(bad, t0 + 2s - 1ns));
}
