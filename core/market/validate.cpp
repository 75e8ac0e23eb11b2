#include "core/market/validate.hpp"

#include "core/market/utf8.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <string>

namespace riskbreaker::core {

namespace {

using namespace std::chrono_literals;

constexpr std::int64_t first_ms = 100'000'000'000;    // 3 March 1973
constexpr std::int64_t last_ms = 253'402'300'799'999; // the end of year 9999
constexpr std::size_t max_pair_bytes = 64;

template <class T>
std::string text(T x) {
  std::array<char, 32> buffer;
  auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), x).ptr;
  return {buffer.data(), end};
}

std::string padded(unsigned x, std::size_t width) {
  auto digits = text(x);
  return std::string(width - std::min(width, digits.size()), '0') + digits;
}

std::string in_utc(unix_ms x) {
  using namespace std::chrono;
  auto day = floor<days>(x);
  auto date = year_month_day{day};
  auto clock = hh_mm_ss{x - day};
  auto two = [](auto n) {
    return padded(static_cast<unsigned>(n), 2);
  };
  auto result = padded(static_cast<unsigned>(static_cast<int>(date.year())), 4);
  result += '-' + two(static_cast<unsigned>(date.month()));
  result += '-' + two(static_cast<unsigned>(date.day()));
  result += 'T' + two(clock.hours().count()) + ':'
            + two(clock.minutes().count()) + ':' + two(clock.seconds().count());
  if (auto ms = clock.subseconds().count(); ms != 0)
    result += '.' + padded(static_cast<unsigned>(ms), 3);
  return result + 'Z';
}

/// Such as "1700000100000 (2023-11-14T22:15:00Z)".
std::string shown(unix_ms x) {
  return text(x.time_since_epoch().count()) + " (" + in_utc(x) + ')';
}

struct field {
  const char* name;
  double value;
};

std::array<field, 4> prices_of(const candle& x) {
  return {
    {{"open", x.open}, {"high", x.high}, {"low", x.low}, {"close", x.close}}};
}

std::optional<refusal> check_number(const field& x) {
  if (std::isfinite(x.value))
    return std::nullopt;
  auto what = std::isnan(x.value) ? "NaN" : "infinite";
  return refusal{refusal_reason::not_a_number,
                 std::string{x.name} + " is " + what
                   + ": send a finite number, or leave the candle out"};
}

std::optional<refusal> check_values(const candle& x) {
  for (auto& price : prices_of(x))
    if (auto bad = check_number(price))
      return bad;
  if (auto bad = check_number({"volume", x.volume}))
    return bad;
  for (auto& price : prices_of(x))
    if (price.value <= 0)
      return refusal{refusal_reason::bad_price, std::string{price.name} + " is "
                                                  + text(price.value)
                                                  + ": a price must be over 0"};
  if (x.volume < 0)
    return refusal{refusal_reason::bad_volume,
                   "volume is " + text(x.volume) + ": it must be 0 or more"};
  return std::nullopt;
}

std::optional<refusal> check_range(const candle& x) {
  for (auto& price : prices_of(x)) {
    if (price.value > x.high)
      return refusal{refusal_reason::bad_range,
                     "high " + text(x.high) + " is under the " + price.name
                       + ' ' + text(price.value)
                       + ": high must be the highest of the four prices"};
    if (price.value < x.low)
      return refusal{refusal_reason::bad_range,
                     "low " + text(x.low) + " is over the " + price.name + ' '
                       + text(price.value)
                       + ": low must be the lowest of the four prices"};
  }
  return std::nullopt;
}

std::optional<refusal> check_alignment(unix_ms open, timeframe frame) {
  if (frame.aligned(open))
    return std::nullopt;
  auto before = open - open.time_since_epoch() % frame.length();
  return refusal{refusal_reason::misaligned,
                 "time " + shown(open) + " is not where a "
                   + std::string{frame.name()} + " candle opens: between "
                   + shown(before) + " and " + shown(frame.close_of(before))
                   + "; send the open time, or the right timeframe"};
}

std::optional<refusal> check_clock(unix_ms open, timeframe frame, bool closed,
                                   unix_ms now, milliseconds skew) {
  if (!closed) {
    if (open <= now + skew)
      return std::nullopt;
    return refusal{refusal_reason::bad_time,
                   "the candle opens at " + shown(open)
                     + ", in the future: it is now " + shown(now)
                     + "; send it once it is open, or set the clocks right"};
  }
  auto close = frame.close_of(open);
  // On an exchange with local days, the day on which clocks go forward has
  // only 23 h. Days of UTC need no such leniency.
  auto local_day
    = frame.length() >= 24h && open.time_since_epoch() % 24h != 0ms;
  if (close <= now + skew + (local_day ? 1h : 0h))
    return std::nullopt;
  return refusal{refusal_reason::not_closed,
                 "the candle closes at " + shown(close)
                   + ", in the future: it is now " + shown(now)
                   + "; send \"closed\": false until then, or set the clocks "
                     "right"};
}

} // namespace

std::optional<refusal> validate(const candle& x, timeframe frame, bool closed,
                                unix_ms now, milliseconds max_clock_skew) {
  if (auto bad = check_values(x))
    return bad;
  if (auto bad = check_range(x))
    return bad;
  // Texts with a zone may name any year; past these, calendars overflow.
  auto time = x.time.time_since_epoch().count();
  if (time < 0 || time > last_ms)
    return refusal{refusal_reason::bad_time,
                   "time " + text(time)
                     + " is not between 1970 and 9999: send the open time in "
                       "milliseconds since 1970, UTC"};
  if (auto bad = check_alignment(x.time, frame))
    return bad;
  return check_clock(x.time, frame, closed, now, max_clock_skew);
}

std::optional<refusal> validate_time_ms(std::int64_t time) {
  if (time >= first_ms && time <= last_ms)
    return std::nullopt;
  auto detail = "time " + text(time);
  if (time >= 0 && time < first_ms)
    detail += " looks like seconds: send milliseconds, such as "
              + (time > 0 ? text(time * 1000) : "1700000100000");
  else if (time < 0)
    detail += " is before 1970: send milliseconds since 1970, UTC";
  else
    detail += " looks like micro- or nanoseconds: send milliseconds";
  return refusal{refusal_reason::bad_time, std::move(detail)};
}

std::optional<refusal> validate_pair(std::string_view pair) {
  auto refuse = [](std::string detail) {
    return refusal{refusal_reason::bad_pair, std::move(detail)};
  };
  if (pair.empty())
    return refuse("the pair is empty: send a name such as BTC/USDT");
  if (pair.size() > max_pair_bytes)
    return refuse("the pair has " + text(pair.size())
                  + " bytes: at most 64 are taken");
  for (std::size_t at = 0; at < pair.size();) {
    auto next = decode_utf8(pair.substr(at));
    if (next.size == 0)
      return refuse("the pair is no valid UTF-8 at byte " + text(at));
    if (is_control(next.code) || is_space(next.code))
      return refuse(std::string{"the pair holds a "}
                    + (is_control(next.code) ? "control character" : "space")
                    + " at byte " + text(at)
                    + ": send the name without it, such as BTC/USDT");
    at += next.size;
  }
  return std::nullopt;
}

refusal unknown_timeframe(std::string_view name) {
  constexpr std::size_t most = 32;
  std::string shown_name;
  for (auto c : name.substr(0, most))
    shown_name += c >= 0x20 && c < 0x7f ? c : '?';
  if (name.size() > most)
    shown_name += "...";
  return {refusal_reason::bad_timeframe,
          "timeframe \"" + shown_name + "\" is not known: send one of "
            + timeframe::valid_names() + " (case matters)"};
}

} // namespace riskbreaker::core
