#include "core/market/timeframe.hpp"
#include "tests/support/catch.hpp"

using namespace riskbreaker::core;
using namespace std::chrono_literals;
using namespace std::chrono;

namespace {

timeframe frame(std::string_view name) {
  return timeframe::parse(name).value();
}

unix_ms at(year_month_day date, milliseconds time = 0ms) {
  return sys_days{date} + time;
}

} // namespace

TEST_CASE("every timeframe of ccxt's has its name and length", "[timeframe]") {
  const std::pair<const char*, milliseconds> all[]
    = {{"1m", 1min}, {"3m", 3min}, {"5m", 5min}, {"15m", 15min}, {"30m", 30min},
       {"1h", 1h},   {"2h", 2h},   {"4h", 4h},   {"6h", 6h},     {"8h", 8h},
       {"12h", 12h}, {"1d", 24h},  {"3d", 72h},  {"1w", 168h},   {"1M", 720h}};
  for (auto& [name, length] : all) {
    CHECK(frame(name).name() == name);
    CHECK(frame(name).length() == length);
  }
  CHECK(timeframe{} == frame("1m"));
  CHECK(timeframe::valid_names()
        == "1m, 3m, 5m, 15m, 30m, 1h, 2h, 4h, 6h, 8h, 12h, 1d, 3d, 1w, 1M");
}

TEST_CASE("other names are no timeframes", "[timeframe]") {
  for (auto name : {"", "1Min", "60", "1H", "1D", "1W", "5M", "1m ", " 1m",
                    "7m", "1mo", "m", "1"})
    CHECK_FALSE(timeframe::parse(name));
}

TEST_CASE("a month and a minute stay apart", "[timeframe]") {
  CHECK(frame("1M") != frame("1m"));
  CHECK(frame("1M").length() > frame("1m").length());
}

TEST_CASE("below a day a candle opens at a multiple of its length",
          "[timeframe]") {
  auto noon = at(2024y / March / 1, 12h);
  for (auto name :
       {"1m", "3m", "5m", "15m", "30m", "1h", "2h", "4h", "6h", "12h"}) {
    CHECK(frame(name).aligned(noon));
    CHECK_FALSE(frame(name).aligned(noon + 1ms));
    CHECK_FALSE(frame(name).aligned(noon - 1ms));
    CHECK(frame(name).aligned(noon + frame(name).length()));
  }
  CHECK(frame("8h").aligned(at(2024y / March / 1, 8h)));
  CHECK_FALSE(frame("8h").aligned(noon));
}

TEST_CASE("from a day on a candle may open at any time", "[timeframe]") {
  for (auto name : {"1d", "3d", "1w", "1M"}) {
    CHECK(frame(name).aligned(at(2024y / March / 1)));
    CHECK(frame(name).aligned(at(2024y / March / 1, 23h)));
    CHECK(frame(name).aligned(at(2024y / March / 1, 16h + 30min)));
  }
}

TEST_CASE("steps count candles, and advance undoes them", "[timeframe]") {
  auto open = at(2024y / February / 1);
  for (auto name : {"1m", "5m", "1h", "12h", "1d", "3d", "1w", "1M"})
    for (auto n : {0, 1, 2, 7, 100, 1'000}) {
      auto x = frame(name);
      CHECK(x.steps(open, x.advance(open, n)) == n);
    }
  CHECK(frame("5m").close_of(open) == open + 5min);
  CHECK(frame("1w").close_of(open) == open + 168h);
}

TEST_CASE("days of 23 and 25 hours are one step", "[timeframe]") {
  auto day = frame("1d");
  auto open = at(2024y / March / 30, 23h);
  CHECK(day.steps(open, open + 23h) == 1);
  CHECK(day.steps(open, open + 24h) == 1);
  CHECK(day.steps(open, open + 25h) == 1);
  CHECK(day.steps(open, open + 47h) == 2);
  CHECK(day.steps(open, open + 49h) == 2);
  CHECK(day.steps(open, open + 24h * 200 + 1h) == 200);
  CHECK(day.steps(open, open + 1h) == 0);
  CHECK(frame("1w").steps(open, open + 167h) == 1);
  CHECK(frame("1w").steps(open, open + 169h) == 1);
  CHECK(frame("3d").steps(open, open + 71h) == 1);
}

TEST_CASE("a month is as long as the calendar says", "[timeframe]") {
  auto month = frame("1M");
  CHECK(month.close_of(at(2024y / February / 1)) == at(2024y / March / 1));
  CHECK(month.close_of(at(2023y / February / 1)) == at(2023y / March / 1));
  CHECK(month.close_of(at(2023y / December / 1)) == at(2024y / January / 1));
  CHECK(month.steps(at(2023y / November / 1), at(2024y / March / 1)) == 4);
  CHECK(month.steps(at(2024y / January / 1), at(2024y / February / 1)) == 1);
  CHECK(month.advance(at(2023y / November / 1), 14) == at(2025y / January / 1));
}

TEST_CASE("a month that begins in local time stays that long", "[timeframe]") {
  auto month = frame("1M");
  // Shanghai is eight hours ahead of UTC: March begins on 29 February there.
  auto march = at(2024y / February / 29, 16h);
  auto april = at(2024y / March / 31, 16h);
  CHECK(month.close_of(march) == april);
  CHECK(month.steps(march, april) == 1);
  // New York is five behind, and four in summer.
  auto in_winter = at(2024y / March / 1, 5h);
  auto in_summer = at(2024y / April / 1, 4h);
  CHECK(month.steps(in_winter, in_summer) == 1);
  CHECK(month.close_of(in_winter) == in_summer + 1h);
}
