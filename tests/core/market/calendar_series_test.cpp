#include "core/market/series.hpp"
#include "tests/core/market/walks.hpp"
#include "tests/support/catch.hpp"

using namespace riskbreaker::core;
using namespace riskbreaker::tests;
using namespace std::chrono_literals;
using namespace std::chrono;

namespace {

unix_ms at(year_month_day date, milliseconds time = 0ms) {
  return sys_days{date} + time;
}

series series_at(const char* frame, unix_ms first) {
  series result{*timeframe::parse(frame)};
  result.add(flat_candle(first, 100));
  return result;
}

} // namespace

TEST_CASE("days around a change of the clocks leave no gap", "[series]") {
  // Berlin: midnight is 23:00 UTC in winter and 22:00 UTC in summer.
  auto x = series_at("1d", at(2024y / March / 29, 23h));
  for (auto time : {at(2024y / March / 30, 23h), at(2024y / March / 31, 22h),
                    at(2024y / April / 1, 22h)}) {
    auto report = x.add(flat_candle(time, 100));
    CHECK(report.what == arrival::newest);
    CHECK(report.filled == 0);
  }
  CHECK(x.size() == 4);
  auto y = series_at("1d", at(2024y / October / 25, 22h));
  for (auto time :
       {at(2024y / October / 26, 22h), at(2024y / October / 27, 23h)})
    CHECK(y.add(flat_candle(time, 100)).filled == 0);
}

TEST_CASE("a late day takes its place though its hour is another", "[series]") {
  auto x = series_at("1d", at(2024y / March / 29, 23h));
  CHECK(x.add(flat_candle(at(2024y / April / 2, 22h), 100)).filled == 3);
  auto late = flat_candle(at(2024y / March / 31, 22h), 90);
  CHECK(x.add(late).what == arrival::late);
  CHECK(x.newest(3)[0] == late);
  CHECK(x.size() == 5);
  CHECK(x.add(late).what == arrival::duplicate);
}

TEST_CASE("missing months are counted by the calendar", "[series]") {
  auto x = series_at("1M", at(2023y / November / 1));
  CHECK(x.add(flat_candle(at(2023y / December / 1), 100)).filled == 0);
  CHECK(x.add(flat_candle(at(2024y / March / 1), 100)).filled == 2);
  auto bars = x.newest(3);
  CHECK(bars[0].time == at(2024y / January / 1));
  CHECK(bars[1].time == at(2024y / February / 1));
  CHECK(x.add(flat_candle(at(2024y / February / 1), 100)).what
        == arrival::late);
}

TEST_CASE("missing weeks are counted across a change of the clocks",
          "[series]") {
  auto x = series_at("1w", at(2024y / March / 17, 23h));
  CHECK(x.add(flat_candle(at(2024y / March / 24, 23h), 100)).filled == 0);
  CHECK(x.add(flat_candle(at(2024y / April / 14, 22h), 100)).filled == 2);
}

TEST_CASE("days that open at arbitrary hours never lose their order",
          "[series]") {
  std::mt19937_64 random{5};
  auto frame = GENERATE("1d", "3d", "1w", "1M");
  series x{*timeframe::parse(frame), {.window = 200, .max_gap_fill = 5}};
  auto time = at(2020y / January / 1);
  for (int i = 0; i < 2'000; ++i) {
    auto length = static_cast<std::uint64_t>(x.frame().length() / 1h);
    time += std::chrono::hours{random() % (3 * length)};
    if (random() % 4 == 0)
      time -= std::chrono::hours{random() % (5 * length)};
    x.add(flat_candle(time, 100));
    auto bars = x.newest(200);
    for (std::size_t k = 1; k < bars.size(); ++k)
      REQUIRE(bars[k - 1].time < bars[k].time);
  }
}
