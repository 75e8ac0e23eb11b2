#include "core/market/gap_meter.hpp"
#include "tests/support/catch.hpp"

using namespace riskbreaker::core;
using namespace std::chrono_literals;

namespace {

constexpr steady_time t0{};
constexpr arrival_report no_gap{};
constexpr arrival_report twelve{arrival::newest, 12, false};
constexpr arrival_report restart{arrival::newest, 0, true};

} // namespace

// https://github.com/freqtrade/freqtrade/issues/4846
TEST_CASE("the same hole on thirty pairs is told in two lines", "[gaps]") {
  gap_meter x;
  int told = 0;
  for (int pair = 0; pair < 30; ++pair)
    told += x.admit(twelve, t0 + pair * 1ms) ? 1 : 0;
  CHECK(told == 1);
  CHECK_FALSE(x.take(t0 + 10s - 1ns));
  auto rest = x.take(t0 + 10s);
  REQUIRE(rest);
  CHECK(rest->gaps == 29);
  CHECK(rest->filled == 29 * 12);
  CHECK_FALSE(x.take(t0 + 20s));
}

TEST_CASE("candles without a gap are never told", "[gaps]") {
  gap_meter x;
  CHECK_FALSE(x.admit(no_gap, t0));
  CHECK(x.admit(restart, t0));
  CHECK_FALSE(x.admit(no_gap, t0 + 1s));
  CHECK_FALSE(x.take(t0 + 1min));
}

TEST_CASE("a gap after a quiet while is told by itself again", "[gaps]") {
  gap_meter x{1s};
  CHECK(x.admit(twelve, t0));
  CHECK_FALSE(x.admit(twelve, t0 + 1s - 1ns));
  // Not before the sum of what was held back.
  CHECK_FALSE(x.admit(restart, t0 + 5s));
  auto rest = x.take(t0 + 5s);
  REQUIRE(rest);
  CHECK(rest->gaps == 2);
  CHECK(rest->filled == 12);
  CHECK(x.admit(twelve, t0 + 5s));
  CHECK(x.admit(twelve, t0 + 6s));
}
