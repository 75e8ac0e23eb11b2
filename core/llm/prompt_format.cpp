#include "core/llm/prompt.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace riskbreaker::core {

namespace {

void append_padded(std::string& out, long value, std::size_t width) {
  auto digits = std::to_string(value);
  if (digits.size() < width)
    out.append(width - digits.size(), '0');
  out += digits;
}

} // namespace

std::string plain_decimal(double x) {
  if (x == 0)
    return "0"; // and not "-0"
  // The longest is a negative subnormal: sign, "0." and 324 places at least.
  std::array<char, 1'100> buffer{};
  auto written = std::to_chars(buffer.data(), buffer.data() + buffer.size(), x,
                               std::chars_format::fixed);
  return {buffer.data(), written.ptr};
}

std::string iso_utc(unix_ms t) {
  using namespace std::chrono;
  // Beyond four-digit years there is no ISO-8601, and chrono's years overflow.
  constexpr unix_ms first = sys_days{year{0} / January / 1};
  constexpr unix_ms last
    = sys_days{year{10'000} / January / 1} - milliseconds{1};
  t = std::clamp(t, first, last);
  auto day = floor<days>(t);
  year_month_day date{day};
  hh_mm_ss time{t - day};
  std::string out;
  append_padded(out, static_cast<int>(date.year()), 4);
  out += '-';
  append_padded(out, static_cast<long>(static_cast<unsigned>(date.month())), 2);
  out += '-';
  append_padded(out, static_cast<long>(static_cast<unsigned>(date.day())), 2);
  out += 'T';
  append_padded(out, time.hours().count(), 2);
  out += ':';
  append_padded(out, time.minutes().count(), 2);
  out += ':';
  append_padded(out, time.seconds().count(), 2);
  if (auto ms = time.subseconds().count(); ms != 0) {
    out += '.';
    append_padded(out, ms, 3);
  }
  return out += 'Z';
}

} // namespace riskbreaker::core
