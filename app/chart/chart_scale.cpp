#include "app/chart/chart_scale.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>

namespace riskbreaker::app {

namespace {

using namespace std::chrono;
using core::unix_ms;

/// Fixed notation; all the digits it takes, or `digits` decimals.
template <class... Digits>
std::string fixed(double x, Digits... digits) {
  std::array<char, 1'100> buffer; // a double may have 1,074 decimals
  auto first = buffer.data();
  auto done = std::to_chars(first, first + buffer.size(), x,
                            std::chars_format::fixed, digits...);
  return {first, done.ptr};
}

std::string two_digits(unsigned x) {
  return {static_cast<char>('0' + x / 10), static_cast<char>('0' + x % 10)};
}

const char* month_name(year_month_day x) {
  constexpr std::array<const char*, 12> names{"Jan", "Feb", "Mar", "Apr",
                                              "May", "Jun", "Jul", "Aug",
                                              "Sep", "Oct", "Nov", "Dec"};
  return names[static_cast<unsigned>(x.month()) - 1];
}

std::string clock_text(unix_ms x) {
  auto minute
    = static_cast<unsigned>(floor<minutes>(x - floor<days>(x)).count());
  return two_digits(minute / 60) + ':' + two_digits(minute % 60);
}

std::string label_of(unix_ms x) {
  year_month_day date{floor<days>(x)};
  if (x != floor<days>(x))
    return clock_text(x);
  auto day = static_cast<unsigned>(date.day());
  if (day != 1)
    return std::string{month_name(date)} + ' ' + std::to_string(day);
  auto year = std::to_string(static_cast<int>(date.year()));
  if (date.month() == January)
    return year;
  return std::string{month_name(date)} + ' ' + year;
}

std::vector<time_tick> month_ticks(unix_ms from, unix_ms to, int step) {
  std::vector<time_tick> out;
  year_month_day first{floor<days>(from)};
  auto month = static_cast<int>(static_cast<unsigned>(first.month()) - 1);
  // Years of many months begin at a round number.
  auto since = static_cast<int>(first.year()) * 12 + month;
  for (auto at = since - since % step;; at += step) {
    unix_ms time{sys_days{year{at / 12} / (at % 12 + 1) / 1}};
    if (time > to)
      return out;
    if (time >= from)
      out.push_back({time, label_of(time)});
  }
}

} // namespace

std::string plain_number(double x) {
  std::array<char, 64> buffer;
  auto first = buffer.data();
  auto done = std::to_chars(first, first + buffer.size(), x,
                            std::chars_format::general, 15);
  double rounded = x;
  std::from_chars(first, done.ptr, rounded);
  return fixed(rounded);
}

std::vector<value_tick> value_ticks(double low, double high, std::size_t most) {
  std::vector<value_tick> out;
  auto span = high - low;
  if (!(span > 0) || !std::isfinite(span) || most == 0)
    return out;
  auto power = static_cast<int>(
    std::floor(std::log10(span / static_cast<double>(most))));
  // 1, 2, 5, 10: the first that is coarse enough.
  auto unit = std::pow(10.0, power);
  auto factor = 10.0;
  for (auto x : {5.0, 2.0, 1.0})
    if (span / (unit * x) <= static_cast<double>(most))
      factor = x;
  auto decimals = std::max(0, factor == 10.0 ? -power - 1 : -power);
  auto step = unit * factor;
  // Counted: next to a large price a step may be too small to add.
  auto first = std::ceil(low / step);
  for (std::size_t i = 0; i <= most; ++i) {
    auto value = (first + static_cast<double>(i)) * step;
    if (value <= high)
      out.push_back({value, fixed(value + 0.0, decimals)});
  }
  return out;
}

std::vector<time_tick> time_ticks(unix_ms from, unix_ms to, std::size_t most) {
  constexpr std::array<minutes, 14> steps{
    minutes{1},  minutes{2}, minutes{5}, minutes{10}, minutes{15},
    minutes{30}, hours{1},   hours{2},   hours{3},    hours{6},
    hours{12},   days{1},    days{2},    days{7}};
  auto fits = [&](milliseconds step) {
    return (to - from) / step <= static_cast<std::int64_t>(most);
  };
  for (auto step : steps) {
    if (!fits(step))
      continue;
    std::vector<time_tick> out;
    // Weeks begin on Monday; the epoch was a Thursday.
    milliseconds shift = step == days{7} ? days{4} : days{0};
    auto since = from.time_since_epoch() - shift;
    milliseconds unit = step;
    auto first = (since + unit - milliseconds{1}) / unit * unit + shift;
    for (unix_ms at{first}; at <= to; at += unit)
      out.push_back({at, label_of(at)});
    return out;
  }
  for (auto step : {1, 3, 6, 12, 24, 60})
    if (fits(days{30} * step))
      return month_ticks(from, to, step);
  return month_ticks(from, to, 120);
}

std::string minute_text(unix_ms x) {
  year_month_day date{floor<days>(x)};
  return std::to_string(static_cast<int>(date.year())) + '-'
         + two_digits(static_cast<unsigned>(date.month())) + '-'
         + two_digits(static_cast<unsigned>(date.day())) + ' ' + clock_text(x);
}

} // namespace riskbreaker::app
