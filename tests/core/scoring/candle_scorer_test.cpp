#include "core/scoring/candle_scorer.hpp"
#include "tests/core/market/walks.hpp"
#include "tests/support/catch.hpp"

#include <malloc.h>

using namespace riskbreaker::core;
using namespace riskbreaker::tests;
using namespace std::chrono_literals;

namespace {

const auto five = *timeframe::parse("5m");
const auto later = walk_start + 24h * 365;

bool equal(const fallback_score& a, const fallback_score& b) {
  if (a.score != b.score || a.confidence != b.confidence)
    return false;
  for (std::size_t i = 0; i < factor_count; ++i)
    if (a.factors[i].points != b.factors[i].points
        || a.factors[i].available != b.factors[i].available
        || a.factors[i].value != b.factors[i].value)
      return false;
  return true;
}

} // namespace

TEST_CASE("a scorer says what a series and its score say", "[scorer]") {
  candle_scorer x{{}};
  series alone{five};
  for (const auto& bar : random_walk(700)) {
    REQUIRE_FALSE(x.add("A/B", five, bar, later));
    alone.add(bar);
    REQUIRE(x.report().what == arrival::newest);
    REQUIRE(same(x.market(), alone.view()));
    REQUIRE(equal(x.score(), score_market(alone.view(), {})));
  }
  CHECK(x.series_count() == 1);
}

TEST_CASE("series that take turns do not touch one another", "[scorer]") {
  auto hour = *timeframe::parse("1h");
  struct one {
    const char* pair;
    timeframe frame;
    std::vector<candle> bars;
    series alone;
  };
  std::vector<one> all;
  all.push_back({"A/B", five, random_walk(300, 1), series{five}});
  all.push_back({"B/A", five, random_walk(300, 2), series{five}});
  all.push_back({"A/B", hour, random_walk(300, 3, 1e-8, hour), series{hour}});
  for (auto& bar : all[2].bars)
    bar.time -= 10min; // to a full hour
  candle_scorer x{{}};
  for (std::size_t i = 0; i < 300; ++i)
    for (auto& item : all) {
      REQUIRE_FALSE(x.add(item.pair, item.frame, item.bars[i], later));
      item.alone.add(item.bars[i]);
      REQUIRE(same(x.market(), item.alone.view()));
    }
  CHECK(x.series_count() == 3);
}

TEST_CASE("only the newest candle of its series has a score", "[scorer]") {
  auto bars = random_walk(100);
  candle_scorer x{{}};
  for (std::size_t i = 0; i < 99; ++i)
    if (i != 50)
      REQUIRE_FALSE(x.add("A/B", five, bars[i], later));
  CHECK(x.report().what == arrival::newest);
  auto before = x.score();
  REQUIRE_FALSE(x.add("A/B", five, bars[98], later));
  CHECK(x.report().what == arrival::duplicate);
  auto other = bars[98];
  other.close = other.high = other.high * 1.2;
  REQUIRE_FALSE(x.add("A/B", five, other, later));
  CHECK(x.report().what == arrival::revision);
  REQUIRE_FALSE(x.add("A/B", five, bars[50], later));
  CHECK(x.report().what == arrival::late);
  CHECK(equal(x.score(), before));
  // The next one builds on both.
  REQUIRE_FALSE(x.add("A/B", five, bars[99], later));
  series fresh{five};
  bars[98] = other;
  for (const auto& bar : bars)
    fresh.add(bar);
  CHECK(same(x.market(), fresh.view()));
}

TEST_CASE("what the daemon refuses is refused, and leaves no trace",
          "[scorer]") {
  auto bars = random_walk(200);
  candle_scorer x{{}};
  candle_scorer untouched{{}};
  auto reason = [&x](const char* pair, const candle& bar, unix_ms now) {
    auto refused = x.add(pair, five, bar, now);
    REQUIRE(refused);
    return refused->reason;
  };
  for (const auto& bar : bars) {
    auto bad = bar;
    bad.low = 0;
    CHECK(reason("A/B", bad, later) == refusal_reason::bad_price);
    bad = bar;
    bad.time += 1ms;
    CHECK(reason("New/Pair", bad, later) == refusal_reason::misaligned);
    CHECK(reason("A/B", bar, bar.time) == refusal_reason::not_closed);
    CHECK_FALSE(x.add("A/B", five, bar, bar.time + 4min)); // the skew
    REQUIRE_FALSE(untouched.add("A/B", five, bar, later));
    bad = bar;
    bad.time = walk_start - 5min;
    CHECK(reason("A/B", bad, later) == refusal_reason::too_old);
    REQUIRE(same(x.market(), untouched.market()));
  }
  CHECK(x.series_count() == 1);
}

TEST_CASE("series over the limit are refused, those that are there go on",
          "[scorer]") {
  candle_scorer_config config;
  config.max_series = 2;
  candle_scorer x{config};
  auto bars = random_walk(2);
  CHECK_FALSE(x.add("A/B", five, bars[0], later));
  CHECK_FALSE(x.add("A/B", *timeframe::parse("1m"), bars[0], later));
  for (const auto* pair : {"C/B", "D/B"}) {
    auto refused = x.add(pair, five, bars[0], later);
    REQUIRE(refused);
    CHECK(refused->reason == refusal_reason::too_many_series);
    CHECK_THAT(refused->detail, Catch::Contains("(2)"));
  }
  CHECK_FALSE(x.add("A/B", five, bars[1], later));
  CHECK(x.series_count() == 2);
}

TEST_CASE("limits and points are those of the configuration", "[scorer]") {
  candle_scorer_config config;
  config.scoring.max_confidence = 0.5;
  config.series.max_gap_fill = 2;
  candle_scorer x{config};
  auto bars = random_walk(200);
  for (std::size_t i = 0; i < 150; ++i)
    REQUIRE_FALSE(x.add("A/B", five, bars[i], later));
  CHECK(close_to(x.score().confidence, 0.5, 1e-12));
  REQUIRE_FALSE(x.add("A/B", five, bars[152], later));
  CHECK(x.report().filled == 2);
  CHECK(close_to(x.score().confidence, 0.5 * 0.98, 1e-12));
  REQUIRE_FALSE(x.add("A/B", five, bars[156], later));
  CHECK(x.report().restarted);
  CHECK(x.score().confidence == 0);
}

TEST_CASE("decimal scaling of the prices changes no score", "[scorer]") {
  auto factor = GENERATE(1e-10, 1e-7, 1e-3, 1e3, 1e7, 1e10);
  auto profile
    = GENERATE(scoring_profile::ichimoku, scoring_profile::bb_meanreversion);
  auto side = GENERATE(trade_side::long_side, trade_side::short_side);
  candle_scorer_config config;
  config.scoring.profile = profile;
  config.scoring.side = side;
  candle_scorer x{config};
  candle_scorer y{config};
  // Prices with few digits, so that many stand right on an edge.
  for (auto bar : random_walk(700, 11)) {
    for (auto* price : {&bar.open, &bar.high, &bar.low, &bar.close})
      *price = std::round(*price * 5) / 5;
    REQUIRE_FALSE(x.add("A/B", five, bar, later));
    for (auto* price : {&bar.open, &bar.high, &bar.low, &bar.close})
      *price *= factor;
    REQUIRE_FALSE(y.add("A/B", five, bar, later));
    REQUIRE(x.score().score == y.score().score);
    REQUIRE(close_to(x.score().confidence, y.score().confidence, 1e-12));
  }
}

// https://github.com/freqtrade/freqtrade/issues/12823
TEST_CASE("memory stays flat once the windows are full, whatever comes",
          "[scorer]") {
  auto quarter = *timeframe::parse("15m");
  constexpr std::size_t week = 7 * 24 * 4;
  constexpr std::size_t pairs = 100;
  candle_scorer_config config;
  config.max_series = pairs;
  candle_scorer x{config};
  auto bars = random_walk(week, 1, 100, quarter);
  std::vector<std::string> names;
  for (std::size_t i = 0; i < pairs; ++i)
    names.push_back("PAIR" + std::to_string(i) + "/USDT:USDT");
  std::size_t warm = 0;
  std::size_t refused = 0;
  for (std::size_t row = 0; row < week; ++row) {
    bars[row].time -= 10min; // to a full quarter
    for (const auto& name : names)
      REQUIRE_FALSE(x.add(name, quarter, bars[row], later));
    // Names that nobody asked for grow nothing either.
    refused += x.add("NEW" + std::to_string(row) + "/USDT:USDT", quarter,
                     bars[row], later)
                 ? 1
                 : 0;
    if (row == 550)
      warm = mallinfo2().uordblks;
  }
  CHECK(refused == week);
  CHECK(x.series_count() == pairs);
  // Nothing under a sanitizer, whose allocator does not say.
  CHECK(mallinfo2().uordblks <= warm + 65'536);
}
