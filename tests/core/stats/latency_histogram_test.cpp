#include "core/stats/latency_histogram.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

using namespace riskbreaker::core;
using namespace std::chrono_literals;

namespace {

/// Nearest rank over all values.
long exact(std::vector<long> values, double share) {
  std::sort(values.begin(), values.end());
  auto rank = std::ceil(share * static_cast<double>(values.size()));
  return values[static_cast<std::size_t>(std::max(rank, 1.0)) - 1];
}

bool within_a_percent(milliseconds got, long expected) {
  return std::fabs(static_cast<double>(got.count() - expected))
         <= 0.01 * static_cast<double>(expected);
}

} // namespace

TEST_CASE("without latencies there are no percentiles", "[histogram]") {
  latency_histogram x;
  CHECK_FALSE(x.percentile(0.5));
  CHECK_FALSE(x.max());
  CHECK(x.count() == 0);
}

TEST_CASE("one latency is every percentile within one percent", "[histogram]") {
  for (long ms = 0; ms <= 3'600'000; ms += 1 + ms / 1000) {
    latency_histogram x;
    x.add(milliseconds{ms});
    for (double share : {0.0, 0.5, 0.99, 1.0}) {
      REQUIRE(within_a_percent(*x.percentile(share), ms));
      REQUIRE(*x.percentile(share) <= *x.max());
    }
    REQUIRE(x.max() == milliseconds{ms});
  }
}

TEST_CASE("short latencies are exact to the millisecond", "[histogram]") {
  for (long ms = 0; ms < 128; ++ms) {
    latency_histogram x;
    x.add(milliseconds{ms});
    x.add(milliseconds{10'000});
    REQUIRE(x.percentile(0.5) == milliseconds{ms});
  }
}

TEST_CASE("percentiles are those of the sorted list within one percent",
          "[histogram]") {
  std::minstd_rand random{7};
  std::lognormal_distribution<double> llm_like{7.5, 1.2};
  std::uniform_int_distribution<long> flat{0, 30'000};
  for (std::size_t n : {1U, 2U, 3U, 10U, 99U, 100U, 101U, 20'000U})
    for (bool skewed : {false, true}) {
      latency_histogram x;
      std::vector<long> values;
      for (std::size_t i = 0; i < n; ++i) {
        auto ms = skewed
                    ? std::min(static_cast<long>(llm_like(random)), 3'600'000L)
                    : flat(random);
        values.push_back(ms);
        x.add(milliseconds{ms});
      }
      for (double share : {0.5, 0.95, 0.99, 1.0}) {
        INFO("n " << n << " share " << share);
        CHECK(within_a_percent(*x.percentile(share), exact(values, share)));
      }
      CHECK(x.count() == n);
    }
}

TEST_CASE("more than an hour counts as an hour but is shown as the greatest",
          "[histogram]") {
  latency_histogram x;
  x.add(30h);
  x.add(milliseconds::max());
  CHECK(within_a_percent(*x.percentile(0.5), 3'600'000));
  CHECK(x.max() == milliseconds::max());
}

TEST_CASE("a negative latency counts as none", "[histogram]") {
  latency_histogram x;
  x.add(-5ms);
  CHECK(x.percentile(1.0) == 0ms);
  CHECK(x.max() == 0ms);
}

TEST_CASE("a histogram's memory is fixed and small", "[histogram]") {
  CHECK(sizeof(latency_histogram) < 9'000);
}
