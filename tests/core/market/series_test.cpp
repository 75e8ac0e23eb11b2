#include "core/market/series.hpp"
#include "tests/core/market/walks.hpp"
#include "tests/support/catch.hpp"

using namespace riskbreaker::core;
using namespace riskbreaker::tests;
using namespace std::chrono_literals;

namespace {

const auto five = *timeframe::parse("5m");

unix_ms at(int i) {
  return walk_start + i * 5min;
}

/// A series of `n` candles at price 100, the first at `at(0)`.
series series_of(int n, series_limits limits = {}) {
  series result{five, limits};
  for (int i = 0; i < n; ++i)
    result.add(flat_candle(at(i), 100));
  return result;
}

} // namespace

TEST_CASE("a fresh series is empty and says nothing", "[series]") {
  series x{five};
  CHECK(x.size() == 0);
  CHECK(x.newest(10).empty());
  CHECK_FALSE(x.forming());
  CHECK(x.frame() == five);
  CHECK_FALSE(x.view().rsi14);
}

TEST_CASE("the first and each later candle are the newest", "[series]") {
  series x{five};
  auto bars = random_walk(30);
  for (auto& bar : bars) {
    auto report = x.add(bar);
    CHECK(report.what == arrival::newest);
    CHECK(report.filled == 0);
    CHECK_FALSE(report.restarted);
    CHECK(x.last_time() == bar.time);
  }
  CHECK(x.size() == 30);
  CHECK(x.newest(3) == std::vector<candle>(bars.end() - 3, bars.end()));
  CHECK(x.newest(100) == bars);
  CHECK(x.view().newest == bars.back());
  CHECK(x.view().previous_close == bars[28].close);
}

TEST_CASE("a series keeps its window and forgets what is older", "[series]") {
  auto window = GENERATE(1, 3, 127, 128, 129, 500);
  auto bars = random_walk(700);
  series x{five, {.window = static_cast<std::size_t>(window)}};
  for (auto& bar : bars)
    x.add(bar);
  CHECK(x.size() == static_cast<std::size_t>(window));
  CHECK(x.newest(1'000)
        == std::vector<candle>(bars.end() - window, bars.end()));
  auto revised = bars[static_cast<std::size_t>(700 - window)];
  revised.volume += 1;
  CHECK(x.add(revised).what == arrival::revision);
  auto evicted = bars[static_cast<std::size_t>(700 - window - 1)];
  evicted.volume += 1;
  CHECK(x.add(evicted).what == arrival::too_old);
}

TEST_CASE("the same candle again is a duplicate", "[series]") {
  series x{five};
  auto bars = random_walk(60);
  for (auto& bar : bars)
    x.add(bar);
  auto before = x.view();
  CHECK(x.add(bars.back()).what == arrival::duplicate);
  CHECK(x.add(bars[20]).what == arrival::duplicate);
  CHECK(x.add(bars.front()).what == arrival::duplicate);
  CHECK(same(x.view(), before));
}

TEST_CASE("other values for the same time are a revision, down to the volume",
          "[series]") {
  auto x = series_of(30);
  auto bar = flat_candle(at(29), 100);
  bar.volume = 1;
  CHECK(x.add(bar).what == arrival::revision);
  CHECK(x.view().newest == bar);
  CHECK(x.add(bar).what == arrival::duplicate);
  CHECK(x.size() == 30);
}

TEST_CASE("what lies before the first candle is too old", "[series]") {
  auto x = series_of(5);
  CHECK(x.add(flat_candle(at(-1), 100)).what == arrival::too_old);
  CHECK(x.size() == 5);
}

TEST_CASE("a gap is filled flat at the last close", "[series]") {
  auto x = series_of(5);
  auto report = x.add(flat_candle(at(8), 120));
  CHECK(report.what == arrival::newest);
  CHECK(report.filled == 3);
  CHECK_FALSE(report.restarted);
  CHECK(x.filled_total() == 3);
  CHECK(x.size() == 9);
  for (int i = 5; i < 8; ++i)
    CHECK(x.newest(9)[static_cast<std::size_t>(i)] == flat_candle(at(i), 100));
}

TEST_CASE("the longest gap that is filled is max_gap_fill candles",
          "[series]") {
  auto x = series_of(5, {.max_gap_fill = 10});
  SECTION("one of that length is filled") {
    auto report = x.add(flat_candle(at(4 + 11), 100));
    CHECK(report.filled == 10);
    CHECK_FALSE(report.restarted);
    CHECK(x.size() == 16);
  }
  SECTION("one candle more restarts the series") {
    auto report = x.add(flat_candle(at(4 + 12), 100));
    CHECK(report.what == arrival::newest);
    CHECK(report.filled == 0);
    CHECK(report.restarted);
    CHECK(x.size() == 1);
    CHECK(x.filled_total() == 0);
    CHECK(x.add(flat_candle(at(4), 100)).what == arrival::too_old);
  }
}

TEST_CASE("a gap limit of none restarts at the first missing candle",
          "[series]") {
  auto x = series_of(5, {.max_gap_fill = 0});
  CHECK_FALSE(x.add(flat_candle(at(5), 100)).restarted);
  CHECK(x.add(flat_candle(at(7), 100)).restarted);
}

TEST_CASE("a real candle replaces the one that was filled in", "[series]") {
  auto x = series_of(5);
  x.add(flat_candle(at(8), 120));
  CHECK(x.view().filled_share == 3.0 / 9);
  auto late = flat_candle(at(6), 110);
  CHECK(x.add(late).what == arrival::late);
  CHECK(x.view().filled_share == 2.0 / 9);
  CHECK(x.filled_total() == 3);
  auto bars = x.newest(9);
  CHECK(bars[5] == flat_candle(at(5), 100));
  CHECK(bars[6] == late);
  // What is still missing stands at the close before it, as if the late one
  // had come in time.
  CHECK(bars[7] == flat_candle(at(7), 110));
  CHECK(x.add(late).what == arrival::duplicate);
}

TEST_CASE("a late candle with the very values that were filled in counts",
          "[series]") {
  auto x = series_of(5);
  x.add(flat_candle(at(6), 100));
  CHECK(x.add(flat_candle(at(5), 100)).what == arrival::late);
  CHECK(x.view().filled_share == 0);
}

TEST_CASE("the filled share looks at the last hundred candles", "[series]") {
  auto x = series_of(200);
  x.add(flat_candle(at(210), 100)); // ten filled
  CHECK(x.view().filled_share == 0.10);
  for (int i = 211; i < 300; ++i)
    x.add(flat_candle(at(i), 100));
  CHECK(x.view().filled_share == 0.10);
  x.add(flat_candle(at(300), 100));
  CHECK(x.view().filled_share == 0.09);
  for (int i = 301; i < 310; ++i)
    x.add(flat_candle(at(i), 100));
  CHECK(x.view().filled_share == 0);
}

TEST_CASE("a forming candle moves no indicator and yields to its closed one",
          "[series]") {
  auto x = series_of(30);
  auto before = x.view();
  auto forming = flat_candle(at(30), 500);
  x.update_forming(forming);
  CHECK(x.forming() == forming);
  CHECK(same(x.view(), before));
  CHECK(x.last_time() == at(29));
  SECTION("a closed candle of its time") {
    CHECK(x.add(flat_candle(at(30), 100)).what == arrival::newest);
    CHECK_FALSE(x.forming());
    x.update_forming(forming);
    CHECK_FALSE(x.forming());
    CHECK(x.view().newest.close == 100);
  }
  SECTION("a closed candle before it leaves it") {
    x.update_forming(flat_candle(at(31), 500));
    x.add(flat_candle(at(30), 100));
    CHECK(x.forming());
  }
  SECTION("a closed candle after it") {
    x.add(flat_candle(at(35), 100));
    CHECK_FALSE(x.forming());
  }
}

TEST_CASE("a series can form before it has a closed candle", "[series]") {
  series x{five};
  x.update_forming(flat_candle(at(0), 5));
  CHECK(x.forming());
  CHECK(x.size() == 0);
}

TEST_CASE("a series moves without losing anything", "[series]") {
  auto x = series_of(50);
  auto before = x.view();
  auto y = std::move(x);
  CHECK(same(y.view(), before));
  CHECK(y.add(flat_candle(at(50), 100)).what == arrival::newest);
}

TEST_CASE("twelve flat candles without volume leave every value a number",
          "[series]") {
  auto bars = random_walk(1'000);
  for (std::size_t i = 500; i < 512; ++i)
    bars[i] = flat_candle(bars[i].time, bars[499].close);
  series x{five};
  for (auto& bar : bars) {
    CHECK(x.add(bar).what == arrival::newest);
    auto view = x.view();
    if (view.rsi14)
      REQUIRE(*view.rsi14 >= 0);
    if (view.rv20)
      REQUIRE(*view.rv20 >= 0);
  }
}

TEST_CASE("a wick of -99 % is taken and does no harm", "[series]") {
  auto bars = random_walk(400);
  bars[300].low *= 0.01;
  series x{five};
  for (auto& bar : bars)
    x.add(bar);
  auto view = x.view();
  CHECK(*view.rsi14 > 0);
  CHECK(*view.rsi14 < 100);
  CHECK(*view.support > bars[300].low);
}

TEST_CASE("a series is idle after two of its timeframes, ten minutes at least",
          "[market]") {
  steady_time t{};
  auto frame = [](const char* x) {
    return *timeframe::parse(x);
  };
  CHECK(idle_from(t, frame("1m")) == t + 10min);
  CHECK(idle_from(t, frame("5m")) == t + 10min);
  CHECK(idle_from(t, frame("15m")) == t + 30min);
  CHECK(idle_from(t, frame("1d")) == t + 48h);
}
