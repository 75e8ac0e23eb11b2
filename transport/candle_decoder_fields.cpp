#include "transport/candle_decoder_fields.hpp"

#include "core/market/validate.hpp"
#include "transport/excerpt.hpp"
#include "transport/iso_time.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace riskbreaker::transport {

namespace {

using core::refusal_reason;

constexpr std::array<std::string_view, 11> names
  = {"pair",  "timeframe", "time",   "open",    "high",   "low",
     "close", "volume",    "closed", "history", "candles"};

/// Doubles hold every whole number up to here.
constexpr double max_exact = 9'007'199'254'740'992.0;

} // namespace

candle_field parse_candle_field(std::string_view key) noexcept {
  const auto i = std::find(names.begin(), names.end(), key) - names.begin();
  return static_cast<candle_field>(i);
}

const char* to_string(candle_field x) noexcept {
  const auto i = static_cast<std::size_t>(x);
  return i < names.size() ? names[i].data() : "unknown";
}

double& number_of(core::candle& bar, candle_field field) noexcept {
  switch (field) {
    case candle_field::open:
      return bar.open;
    case candle_field::high:
      return bar.high;
    case candle_field::low:
      return bar.low;
    case candle_field::close:
      return bar.close;
    default:
      return bar.volume;
  }
}

core::refusal refuse(refusal_reason reason, candle_field field,
                     const char* what) {
  return {reason, std::string{to_string(field)} + ' ' + what};
}

std::optional<double> parse_decimal(std::string_view text) noexcept {
  double x = 0;
  const auto* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, x);
  if (error != std::errc{} || stop != end || !std::isfinite(x))
    return std::nullopt;
  return x;
}

std::optional<core::refusal> set_time(core::candle& bar, std::int64_t ms) {
  if (auto refused = core::validate_time_ms(ms))
    return refused;
  bar.time = core::unix_ms{core::milliseconds{ms}};
  return std::nullopt;
}

std::optional<core::refusal> set_time(core::candle& bar, double ms) {
  // Written so that NaN fails it too.
  if (!(std::fabs(ms) <= max_exact) || ms != std::trunc(ms))
    return refuse(refusal_reason::bad_time, candle_field::time,
                  "is no whole number of milliseconds since 1970");
  return set_time(bar, static_cast<std::int64_t>(ms));
}

std::optional<core::refusal> set_time(core::candle& bar,
                                      std::string_view text) {
  std::int64_t ms = 0;
  const auto* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, ms);
  if (error == std::errc{} && stop == end)
    return set_time(bar, ms);
  const auto parsed = parse_iso_time(text);
  if (parsed.time) {
    bar.time = *parsed.time; // no number: cannot be seconds by mistake
    return std::nullopt;
  }
  return refuse(refusal_reason::bad_time, candle_field::time,
                parsed.zone_missing
                  ? "has no time zone: append Z (UTC) or ±hh:mm"
                  : "is neither milliseconds since 1970 nor ISO-8601 with a "
                    "zone, as in 2023-11-14T22:15:00Z");
}

std::string block_suffix(std::string_view pair, std::string_view timeframe) {
  return " (in a block of " + printable_excerpt(pair, 64) + ' '
         + printable_excerpt(timeframe, 8) + ')';
}

std::optional<core::refusal> field_set::missing(unsigned n) const {
  for (unsigned i = 0; i < n; ++i) {
    const auto field = static_cast<candle_field>(i);
    if (!contains(field))
      return refuse(refusal_reason::missing_field, field, "is missing");
  }
  return std::nullopt;
}

} // namespace riskbreaker::transport
