#include "core/market/series.hpp"
#include "tests/core/market/walks.hpp"
#include "tests/support/catch.hpp"

#include <map>
#include <random>

using namespace riskbreaker::core;
using namespace riskbreaker::tests;

namespace {

const auto five = *timeframe::parse("5m");

series fresh(const std::map<unix_ms, candle>& history, series_limits limits) {
  series result{five, limits};
  for (auto& [time, bar] : history)
    result.add(bar);
  return result;
}

candle revised(candle x, std::uint64_t seed) {
  auto factor = 0.95 + 0.01 * static_cast<double>(seed % 11);
  x.open *= factor;
  x.high *= factor;
  x.low *= factor;
  x.close *= factor;
  return x;
}

} // namespace

TEST_CASE("a revision gives what a fresh series over the revised history gives",
          "[series]") {
  auto window = GENERATE(10, 128, 200, 500);
  auto seed = GENERATE(1, 2, 3);
  series_limits limits{.window = static_cast<std::size_t>(window)};
  std::mt19937_64 random{static_cast<std::uint64_t>(seed)};
  std::map<unix_ms, candle> history;
  series x{five, limits};
  for (auto& bar : random_walk(900, static_cast<std::uint64_t>(seed))) {
    history[bar.time] = bar;
    x.add(bar);
    if (random() % 40 != 0)
      continue;
    // Each revision builds on the replays before it.
    auto back = random() % x.size();
    auto old = x.newest(back + 1).front();
    auto bad = revised(old, random());
    auto what = x.add(bad).what;
    REQUIRE(what == (bad == old ? arrival::duplicate : arrival::revision));
    history[bad.time] = bad;
    REQUIRE(same(x.view(), fresh(history, limits).view()));
  }
  auto y = fresh(history, limits);
  CHECK(same(x.view(), y.view()));
  CHECK(x.newest(1'000) == y.newest(1'000));
}

TEST_CASE("candles in any order within the window end as in order",
          "[series]") {
  auto seed = GENERATE(1, 2, 3, 4, 5);
  std::mt19937_64 random{static_cast<std::uint64_t>(seed)};
  auto bars = random_walk(800, static_cast<std::uint64_t>(seed));
  series_limits limits{.window = 300, .max_gap_fill = 20};
  series x{five, limits};
  std::map<unix_ms, candle> history;
  std::vector<candle> held_back;
  for (std::size_t i = 0; i < bars.size(); ++i) {
    auto inner = i > 0 && i + 1 < bars.size();
    if (inner && held_back.size() < 8 && random() % 10 == 0) {
      held_back.push_back(bars[i]);
      continue;
    }
    x.add(bars[i]);
    history[bars[i].time] = bars[i];
    if (held_back.empty() || random() % 12 != 0)
      continue;
    auto pick = random() % held_back.size();
    auto what = x.add(held_back[pick]).what;
    REQUIRE(what != arrival::duplicate);
    if (what != arrival::too_old) // held back for longer than the window
      history[held_back[pick].time] = held_back[pick];
    held_back.erase(held_back.begin() + static_cast<long>(pick));
    auto y = fresh(history, limits);
    REQUIRE(same(x.view(), y.view()));
    REQUIRE(x.newest(300) == y.newest(300));
  }
}

TEST_CASE("a revised close carries over into the gap behind it", "[series]") {
  auto bars = random_walk(400);
  std::map<unix_ms, candle> history;
  series x{five};
  for (std::size_t i = 0; i < bars.size(); ++i) {
    if (i >= 300 && i < 310)
      continue;
    history[bars[i].time] = bars[i];
    x.add(bars[i]);
  }
  auto bad = revised(bars[299], 3);
  CHECK(x.add(bad).what == arrival::revision);
  history[bad.time] = bad;
  auto y = fresh(history, {});
  CHECK(same(x.view(), y.view()));
  CHECK(x.newest(100)[0] == flat_candle(bars[300].time, bad.close));
}

TEST_CASE("a restart forgets the wilder averages from before the gap",
          "[series]") {
  auto old = random_walk(700, 1);
  auto young = random_walk(300, 2, 7);
  series x{five};
  for (auto& bar : old)
    x.add(bar);
  series y{five};
  for (auto bar : young) {
    bar.time += std::chrono::hours{24 * 30};
    auto report = x.add(bar);
    CHECK(report.restarted == (y.size() == 0));
    y.add(bar);
    REQUIRE(same(x.view(), y.view()));
  }
}
