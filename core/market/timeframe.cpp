#include "core/market/timeframe.hpp"

#include <algorithm>
#include <array>

namespace riskbreaker::core {

namespace {

using namespace std::chrono_literals;

struct entry {
  std::string_view name;
  milliseconds length;
};

constexpr std::array<entry, 15> table{{
  {"1m", 1min},
  {"3m", 3min},
  {"5m", 5min},
  {"15m", 15min},
  {"30m", 30min},
  {"1h", 1h},
  {"2h", 2h},
  {"4h", 4h},
  {"6h", 6h},
  {"8h", 8h},
  {"12h", 12h},
  {"1d", 24h},
  {"3d", 72h},
  {"1w", 168h},
  {"1M", 720h},
}};

constexpr std::uint8_t calendar_month = table.size() - 1;

/// A calendar month, counted from year 0, and how long after its start (UTC) a
/// candle opened. On an exchange ahead of UTC that is up to a day before, so
/// the last day of a month belongs to the next one.
struct month_position {
  std::int64_t index = 0;
  milliseconds offset{0};
};

unix_ms start_of(std::int64_t month) noexcept {
  using namespace std::chrono;
  auto year_of = static_cast<int>(month / 12);
  auto month_of = static_cast<unsigned>(month % 12) + 1;
  return sys_days{year{year_of} / std::chrono::month{month_of} / 1};
}

month_position month_of(unix_ms open) noexcept {
  using namespace std::chrono;
  auto date = year_month_day{floor<days>(open + 24h)};
  auto index = std::int64_t{static_cast<int>(date.year())} * 12
               + static_cast<unsigned>(date.month()) - 1;
  return {index, open - start_of(index)};
}

} // namespace

std::optional<timeframe> timeframe::parse(std::string_view name) noexcept {
  for (std::size_t i = 0; i < table.size(); ++i)
    if (table[i].name == name)
      return timeframe{static_cast<std::uint8_t>(i)};
  return std::nullopt;
}

const std::string& timeframe::valid_names() {
  static const auto names = [] {
    std::string result;
    for (auto& x : table) {
      if (!result.empty())
        result += ", ";
      result += x.name;
    }
    return result;
  }();
  return names;
}

std::string_view timeframe::name() const noexcept {
  return table[index_].name;
}

milliseconds timeframe::length() const noexcept {
  return table[index_].length;
}

unix_ms timeframe::close_of(unix_ms open) const noexcept {
  return advance(open, 1);
}

bool timeframe::aligned(unix_ms open) const noexcept {
  return length() >= 24h || open.time_since_epoch() % length() == 0ms;
}

std::int64_t timeframe::steps(unix_ms from, unix_ms to) const noexcept {
  if (index_ == calendar_month)
    return month_of(to).index - month_of(from).index;
  auto slack = length() >= 24h ? length() / 2 : 0ms;
  return (to - from + slack) / length();
}

unix_ms timeframe::advance(unix_ms open, std::int64_t n) const noexcept {
  if (index_ != calendar_month)
    return open + n * length();
  auto at = month_of(open);
  return start_of(at.index + n) + at.offset;
}

} // namespace riskbreaker::core
