#include "app/chart/chart_scale.hpp"
#include "tests/core/market/walks.hpp"
#include "tests/support/catch.hpp"

using namespace riskbreaker;
using namespace riskbreaker::app;
using namespace riskbreaker::tests;
using namespace std::chrono_literals;

namespace {

using texts = std::vector<std::string>;

texts values(double low, double high, std::size_t most) {
  texts result;
  for (const auto& x : value_ticks(low, high, most))
    result.push_back(x.label);
  return result;
}

texts times(core::unix_ms from, core::milliseconds length,
            std::size_t most = 6) {
  texts result;
  for (const auto& x : time_ticks(from, from + length, most))
    result.push_back(x.label);
  return result;
}

} // namespace

TEST_CASE("a number is shown with all its digits and without an exponent",
          "[chart]") {
  CHECK(plain_number(2.5e-8) == "0.000000025");
  CHECK(plain_number(1.5e-12) == "0.0000000000015");
  CHECK(plain_number(0.1 + 0.2) == "0.3");
  CHECK(plain_number(0.00005330000000000001) == "0.0000533");
  CHECK(plain_number(123456.789012345) == "123456.789012345");
  CHECK(plain_number(1e12) == "1000000000000");
  CHECK(plain_number(0) == "0");
  CHECK(plain_number(5e-324).size() > 300);
}

TEST_CASE("values on an axis are round and told apart", "[chart]") {
  CHECK(values(0, 100, 4) == texts{"0", "50", "100"});
  CHECK(values(1.013, 1.0601, 5)
        == texts{"1.02", "1.03", "1.04", "1.05", "1.06"});
  CHECK(values(2.45e-8, 2.56e-8, 3)
        == texts{"0.0000000245", "0.0000000250", "0.0000000255"});
  CHECK(values(64'900, 65'420, 3) == texts{"65000", "65200", "65400"});
  CHECK(values(5, 5, 4).empty());
  CHECK(values(5, 6, 0).empty());
  // A step too small to add to the price does not hang.
  CHECK(values(1e12, 1e12 + 0.0002, 8).size() <= 9);
}

TEST_CASE("times on an axis are round in UTC and name what begins", "[chart]") {
  // 2023-11-14T22:10
  CHECK(times(walk_start, 5h)
        == texts{"23:00", "Nov 15", "01:00", "02:00", "03:00"});
  CHECK(times(walk_start, 5min)
        == texts{"22:10", "22:11", "22:12", "22:13", "22:14", "22:15"});
  CHECK(times(walk_start, 24h * 5)
        == texts{"Nov 15", "Nov 16", "Nov 17", "Nov 18", "Nov 19"});
  CHECK(times(walk_start, 24h * 28)
        == texts{"Nov 20", "Nov 27", "Dec 4", "Dec 11"}); // Mondays
  CHECK(times(walk_start, 24h * 150)
        == texts{"Dec 2023", "2024", "Feb 2024", "Mar 2024", "Apr 2024"});
  CHECK(times(walk_start, 24h * 365 * 30).size() <= 7);
  CHECK(times(walk_start, 0h, 1) == texts{"22:10"});
  CHECK(minute_text(walk_start) == "2023-11-14 22:10");
}
