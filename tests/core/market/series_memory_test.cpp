#include "core/market/series.hpp"
#include "tests/core/market/walks.hpp"
#include "tests/support/catch.hpp"

#include <cmath>
#include <limits>
#include <random>

using namespace riskbreaker::core;
using namespace riskbreaker::tests;

namespace {

const auto five = *timeframe::parse("5m");

/// What a journal makes of the changes that it is told.
struct kept : series_memory {
  void take(series& x) {
    auto changes = x.take_changes();
    if (!changes)
      return;
    std::erase_if(candles, [&](const kept_candle& c) {
      return c.bar.time < changes->oldest || c.bar.time >= changes->from;
    });
    candles.insert(candles.end(), changes->candles.begin(),
                   changes->candles.end());
    before = changes->before;
    filled_total = changes->filled_total;
  }
};

/// Candles, holes, revisions and late ones, at random.
class wild_market {
public:
  explicit wild_market(std::uint64_t seed)
    : random_(seed), bars_(random_walk(2'000, seed)) {
    // nop
  }

  void step(series& x) {
    auto dice = random_() % 100;
    if (dice < 4)
      next_ += random_() % 5; // a hole that is filled
    else if (dice == 4)
      next_ += 25; // one that is too long
    if (dice < 10 && x.size() > 2) {
      auto old = x.newest(1 + random_() % x.size()).front();
      old.close = std::sqrt(old.high * old.low);
      x.add(old);
      return;
    }
    x.add(bars_[next_++ % bars_.size()]);
  }

  bool over() const {
    return next_ + 30 >= bars_.size();
  }

private:
  std::mt19937_64 random_;
  std::vector<candle> bars_;
  std::size_t next_ = 0;
};

void same_from_now_on(series a, series b, wild_market market, int steps) {
  REQUIRE(same(a.view(), b.view()));
  auto twin = market;
  for (int i = 0; i < steps && !market.over(); ++i) {
    market.step(a);
    twin.step(b);
    REQUIRE(same(a.view(), b.view()));
  }
  REQUIRE(a.newest(1'000) == b.newest(1'000));
  REQUIRE(a.filled_total() == b.filled_total());
  REQUIRE(a.size() == b.size());
}

} // namespace

TEST_CASE("a restored series goes on to the same bits, wherever it stopped",
          "[series]") {
  auto seed = GENERATE(1u, 2u, 3u);
  auto window = GENERATE(64u, 300u); // the ring wraps in both
  series_limits limits{window, 20};
  series original{five, limits};
  wild_market market{seed};
  kept journal;
  for (int i = 0; i < 900 && !market.over(); ++i) {
    market.step(original);
    if (i % 7 == 0 || i % 50 == 49)
      journal.take(original);
    if (i % 50 != 49)
      continue;
    auto restored = series::restore(five, limits, journal);
    REQUIRE(restored);
    same_from_now_on(original, *restored, market, 200);
  }
}

TEST_CASE("a candle costs the journal one row, not the whole window",
          "[series]") {
  series x{five, {500, 100}};
  auto bars = random_walk(700);
  for (std::size_t i = 0; i < 600; ++i)
    x.add(bars[i]);
  CHECK(x.take_changes()->candles.size() == 500);
  CHECK_FALSE(x.has_changes());
  CHECK_FALSE(x.take_changes());
  x.add(bars[600]);
  CHECK(x.has_changes());
  auto changes = x.take_changes();
  REQUIRE(changes);
  CHECK(changes->candles.size() == 1);
  CHECK(changes->from == bars[600].time);
  CHECK(changes->oldest == bars[101].time);
  x.add(bars[600]); // a duplicate
  x.update_forming(bars[601]);
  CHECK_FALSE(x.has_changes());
  SECTION("a revision costs what follows it") {
    auto other = bars[590];
    other.close = other.high;
    CHECK(x.add(other).what == arrival::revision);
    CHECK(x.take_changes()->candles.size() == 11);
  }
  SECTION("what got lost is told once more, and all of it") {
    x.add(bars[601]);
    x.take_changes();
    x.changes_lost();
    CHECK(x.take_changes()->candles.size() == 500);
  }
}

TEST_CASE("a smaller window keeps the newest candles of a memory", "[series]") {
  series wide{five, {500, 100}};
  series narrow{five, {200, 100}};
  for (const auto& bar : random_walk(900)) {
    wide.add(bar);
    narrow.add(bar);
  }
  kept journal;
  journal.take(wide);
  auto restored = series::restore(five, {200, 100}, journal);
  REQUIRE(restored);
  CHECK(restored->newest(1'000) == narrow.newest(1'000));
  CHECK(same(restored->view(), narrow.view()));
}

TEST_CASE("a memory that cannot be one of a series is refused", "[series]") {
  series x{five};
  for (const auto& bar : random_walk(50))
    x.add(bar);
  kept good;
  good.take(x);
  REQUIRE(series::restore(five, {}, good));
  auto refused = [&](auto spoil) {
    auto bad = good;
    spoil(bad);
    return !series::restore(five, {}, bad);
  };
  auto nan = std::numeric_limits<double>::quiet_NaN();
  CHECK(refused([](kept& m) { m.candles.clear(); }));
  CHECK(refused([](kept& m) { m.candles[20].bar.low = 0; }));
  CHECK(refused([&](kept& m) { m.candles[20].bar.volume = nan; }));
  CHECK(refused([&](kept& m) { m.before.index = nan; }));
  CHECK(refused([](kept& m) { m.candles.erase(m.candles.begin() + 20); }));
  CHECK(refused([](kept& m) { std::swap(m.candles[3], m.candles[4]); }));
  CHECK(refused([](kept& m) {
    for (auto& c : m.candles)
      c.bar.time += std::chrono::seconds{1};
  }));
}

TEST_CASE("days that open at odd hours come back as they were", "[series]") {
  auto day = *timeframe::parse("1d");
  series x{day};
  for (auto bar : random_walk(60, 1, 100, day)) {
    bar.time -= std::chrono::minutes{10}; // 22:00, the whole hour
    if (bar.time > walk_start + std::chrono::days{30})
      bar.time -= std::chrono::hours{1}; // the clocks go forward
    x.add(bar);
  }
  kept journal;
  journal.take(x);
  auto restored = series::restore(day, {}, journal);
  REQUIRE(restored);
  CHECK(same(restored->view(), x.view()));
  CHECK(restored->last_time() == x.last_time());
}
