#include "core/market/validate.hpp"
#include "tests/support/catch.hpp"

#include <cmath>
#include <limits>

using namespace riskbreaker::core;
using namespace std::chrono_literals;

namespace {

constexpr auto not_a_number = std::numeric_limits<double>::quiet_NaN();
constexpr auto inf = std::numeric_limits<double>::infinity();

const auto five = *timeframe::parse("5m");
const auto day = *timeframe::parse("1d");

/// 2023-11-14T22:10:00Z, and a moment when that candle has long been closed.
constexpr unix_ms open_time{1'699'999'800'000ms};
constexpr unix_ms later = open_time + 1h;

candle good() {
  return {open_time, 10, 12, 9, 11, 5};
}

std::optional<refusal> check(const candle& x) {
  return validate(x, five, true, later, 60s);
}

std::string detail_of(const std::optional<refusal>& x) {
  return x ? x->detail : "";
}

void check_refused(const std::optional<refusal>& x, refusal_reason reason,
                   const std::string& part) {
  REQUIRE(x);
  CHECK(std::string{to_string(x->reason)} == to_string(reason));
  CHECK_THAT(x->detail, Catch::Contains(part));
}

} // namespace

TEST_CASE("a sound candle is taken", "[validate]") {
  CHECK(detail_of(check(good())) == "");
  SECTION("a flat one without volume too") {
    CHECK(detail_of(check({open_time, 1, 1, 1, 1, 0})) == "");
  }
  SECTION("and prices of any size") {
    for (auto p : {1e-12, 2.5e-8, 1e12, 5e-324, 1.7e308})
      CHECK(detail_of(check({open_time, p, p, p, p, 0})) == "");
  }
  SECTION("and a wick of -99 %") {
    auto x = good();
    x.low = 0.09;
    CHECK(detail_of(check(x)) == "");
  }
}

TEST_CASE("what is no finite number is refused by name", "[validate]") {
  for (auto bad : {not_a_number, inf, -inf}) {
    for (auto [field, name] :
         {std::pair{&candle::open, "open"}, std::pair{&candle::high, "high"},
          std::pair{&candle::low, "low"}, std::pair{&candle::close, "close"},
          std::pair{&candle::volume, "volume"}}) {
      auto x = good();
      x.*field = bad;
      check_refused(check(x), refusal_reason::not_a_number, name);
    }
  }
}

TEST_CASE("a price must be over 0", "[validate]") {
  for (auto field :
       {&candle::open, &candle::high, &candle::low, &candle::close}) {
    for (auto bad : {0.0, -0.0, -5e-324, -3.0}) {
      auto x = good();
      x.*field = bad;
      check_refused(check(x), refusal_reason::bad_price, "must be over 0");
    }
  }
}

TEST_CASE("a volume must not be under 0", "[validate]") {
  auto x = good();
  x.volume = -5e-324;
  check_refused(check(x), refusal_reason::bad_volume, "volume is -5e-324");
  x.volume = 0;
  CHECK_FALSE(check(x));
  x.volume = -0.0;
  CHECK_FALSE(check(x));
}

TEST_CASE("high is the highest and low the lowest of the four", "[validate]") {
  auto up = [](double x) {
    return std::nextafter(x, 1e9);
  };
  auto down = [](double x) {
    return std::nextafter(x, 0);
  };
  CHECK_FALSE(check({open_time, 12, 12, 9, 11, 5}));
  check_refused(check({open_time, up(12), 12, 9, 11, 5}),
                refusal_reason::bad_range, "high 12 is under the open");
  CHECK_FALSE(check({open_time, 10, 12, 9, 12, 5}));
  check_refused(check({open_time, 10, 12, 9, up(12), 5}),
                refusal_reason::bad_range, "under the close");
  CHECK_FALSE(check({open_time, 9, 12, 9, 11, 5}));
  check_refused(check({open_time, down(9), 12, 9, 11, 5}),
                refusal_reason::bad_range, "low 9 is over the open");
  CHECK_FALSE(check({open_time, 10, 12, 9, 9, 5}));
  check_refused(check({open_time, 10, 12, 9, down(9), 5}),
                refusal_reason::bad_range, "over the close");
  check_refused(check({open_time, 10, 9, 12, 10, 5}), refusal_reason::bad_range,
                "");
}

TEST_CASE("a time between two candles is refused with both", "[validate]") {
  auto x = good();
  x.time += 1ms;
  check_refused(check(x), refusal_reason::misaligned,
                "1699999800000 (2023-11-14T22:10:00Z) and 1700000100000 "
                "(2023-11-14T22:15:00Z)");
  x.time -= 2ms;
  check_refused(check(x), refusal_reason::misaligned, "22:09:59.999Z");
  CHECK_FALSE(validate(x, day, true, later + 24h, 60s));
}

TEST_CASE("a closed candle may close up to the skew from now", "[validate]") {
  auto close = open_time + 5min;
  CHECK_FALSE(validate(good(), five, true, close - 60s, 60s));
  check_refused(validate(good(), five, true, close - 60s - 1ms, 60s),
                refusal_reason::not_closed, "closes at 1700000100000");
  CHECK_FALSE(validate(good(), five, true, close, 0ms));
  CHECK(validate(good(), five, true, close - 1ms, 0ms));
}

TEST_CASE("a forming candle may open up to the skew from now", "[validate]") {
  CHECK_FALSE(validate(good(), five, false, open_time + 1s, 60s));
  CHECK_FALSE(validate(good(), five, false, open_time - 60s, 60s));
  check_refused(validate(good(), five, false, open_time - 60s - 1ms, 60s),
                refusal_reason::bad_time, "in the future");
}

TEST_CASE("a local day may close an hour early, a day of UTC may not",
          "[validate]") {
  auto x = good();
  x.time = unix_ms{std::chrono::sys_days{std::chrono::year{2024} / 3 / 30}};
  CHECK_FALSE(validate(x, day, true, x.time + 24h - 60s, 60s));
  CHECK(validate(x, day, true, x.time + 24h - 60s - 1ms, 60s));
  x.time += 23h;
  CHECK_FALSE(validate(x, day, true, x.time + 23h - 60s, 60s));
  CHECK(validate(x, day, true, x.time + 23h - 60s - 1ms, 60s));
}

TEST_CASE("a month closes when the calendar says", "[validate]") {
  auto month = *timeframe::parse("1M");
  auto x = good();
  x.time = unix_ms{std::chrono::sys_days{std::chrono::year{2024} / 1 / 1}};
  CHECK_FALSE(validate(x, month, true, x.time + 31 * 24h, 0ms));
  CHECK(validate(x, month, true, x.time + 31 * 24h - 1ms, 0ms));
}

TEST_CASE("times beyond all calendars are refused", "[validate]") {
  auto x = good();
  for (auto bad : {std::numeric_limits<std::int64_t>::min(), std::int64_t{-1},
                   std::int64_t{253'402'300'800'000},
                   std::numeric_limits<std::int64_t>::max()}) {
    x.time = unix_ms{milliseconds{bad}};
    for (auto frame : {five, day, *timeframe::parse("1M")})
      check_refused(validate(x, frame, false, later, 60s),
                    refusal_reason::bad_time, "milliseconds");
  }
}

TEST_CASE("a number under 1e11 looks like seconds", "[validate]") {
  check_refused(validate_time_ms(1'700'000'100), refusal_reason::bad_time,
                "looks like seconds: send milliseconds, such as 1700000100000");
  CHECK_THAT(detail_of(validate_time_ms(99'999'999'999)),
             Catch::Contains("seconds"));
  CHECK_FALSE(validate_time_ms(100'000'000'000));
  CHECK_FALSE(validate_time_ms(1'700'000'100'000));
  CHECK_FALSE(validate_time_ms(253'402'300'799'999));
  CHECK_THAT(detail_of(validate_time_ms(253'402'300'800'000)),
             Catch::Contains("nanoseconds"));
  CHECK_THAT(detail_of(validate_time_ms(0)), Catch::Contains("seconds"));
  CHECK_THAT(detail_of(validate_time_ms(-1)), Catch::Contains("before 1970"));
}

TEST_CASE("an unknown timeframe is answered with the valid ones",
          "[validate]") {
  for (auto name : {"1Min", "60", "1H"}) {
    auto x = unknown_timeframe(name);
    CHECK(x.reason == refusal_reason::bad_timeframe);
    CHECK_THAT(x.detail, Catch::Contains(timeframe::valid_names()));
    CHECK_THAT(x.detail, Catch::Contains(name));
  }
  auto hostile = unknown_timeframe(std::string(1'000'000, '\x01')).detail;
  CHECK(hostile.size() < 300);
  CHECK(hostile.find('\x01') == std::string::npos);
}

TEST_CASE("each reason has the name of the contract", "[validate]") {
  const char* names[]
    = {"malformed",    "too_large",     "multipart",      "missing_field",
       "not_a_number", "bad_price",     "bad_volume",     "bad_range",
       "bad_pair",     "bad_timeframe", "bad_time",       "misaligned",
       "not_closed",   "too_old",       "too_many_series"};
  for (std::size_t i = 0; i < refusal_reason_count; ++i)
    CHECK(std::string{to_string(static_cast<refusal_reason>(i))} == names[i]);
}
