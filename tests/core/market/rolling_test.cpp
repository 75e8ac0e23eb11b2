#include "core/market/rolling.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>
#include <random>
#include <vector>

using namespace riskbreaker::core;

namespace {

std::vector<double> numbers(std::size_t n, std::uint64_t seed,
                            std::uint64_t kinds) {
  std::mt19937_64 random{seed};
  std::vector<double> result;
  for (std::size_t i = 0; i < n; ++i)
    result.push_back(static_cast<double>(random() % kinds));
  return result;
}

double median_of(std::vector<double> xs) {
  std::sort(xs.begin(), xs.end());
  auto n = xs.size();
  return n % 2 == 1 ? xs[n / 2] : (xs[n / 2] + xs[n / 2 - 1]) / 2;
}

template <std::size_t N>
void check_range(const std::vector<double>& xs) {
  range_window<N> window;
  for (std::size_t i = 0; i < xs.size(); ++i) {
    window.push(xs[i] + 1, xs[i]);
    REQUIRE(window.full() == (i + 1 >= N));
    auto first = xs.begin() + static_cast<long>(i + 1 - std::min(i + 1, N));
    auto last = xs.begin() + static_cast<long>(i + 1);
    REQUIRE(window.highest() == *std::max_element(first, last) + 1);
    REQUIRE(window.lowest() == *std::min_element(first, last));
  }
}

} // namespace

TEST_CASE("a sliding window holds the newest values in order", "[rolling]") {
  sliding_window<int, 4> window;
  for (int i = 1; i <= 11; ++i) {
    window.push(i);
    std::vector<int> want;
    for (int x = std::max(1, i - 3); x <= i; ++x)
      want.push_back(x);
    CHECK(std::vector<int>(window.begin(), window.end()) == want);
    CHECK(window.newest() == i);
    CHECK(window.full() == (i >= 4));
    if (i > 1)
      CHECK(window.newest(1) == i - 1);
  }
}

TEST_CASE("a range window agrees with a search through its values",
          "[rolling]") {
  auto xs = numbers(500, GENERATE(1u, 2u, 3u), GENERATE(3u, 1'000'000u));
  check_range<9>(xs);
  check_range<20>(xs);
  check_range<26>(xs);
  check_range<52>(xs);
}

TEST_CASE("a range window follows a market that only rises or only falls",
          "[rolling]") {
  std::vector<double> up(200);
  for (std::size_t i = 0; i < up.size(); ++i)
    up[i] = static_cast<double>(i);
  check_range<9>(up);
  check_range<52>({up.rbegin(), up.rend()});
}

TEST_CASE("a median window agrees with sorting", "[rolling]") {
  auto xs
    = numbers(600, GENERATE(1u, 2u, 3u), GENERATE(1u, 2u, 5u, 1'000'000u));
  median_window<100> window;
  for (std::size_t i = 0; i < xs.size(); ++i) {
    window.push(xs[i]);
    auto n = std::min<std::size_t>(i + 1, 100);
    auto last = xs.begin() + static_cast<long>(i + 1);
    REQUIRE(window.median() == median_of({last - static_cast<long>(n), last}));
  }
}
