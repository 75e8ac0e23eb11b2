#pragma once

#include "core/time.hpp"

#include <optional>
#include <string_view>

namespace riskbreaker::transport {

struct iso_time {
  std::optional<core::unix_ms> time;
  /// It was a date, or a date and a time, but of no known place on earth.
  bool zone_missing = false;
};

/// Reads ISO-8601 as exchanges, pandas and ccxt write it:
/// `2023-11-14T22:15:00Z`, `2023-11-14 22:15:00.123+02:00`. Seconds may be
/// left out, the T may be a blank; what is finer than a millisecond is cut.
iso_time parse_iso_time(std::string_view text) noexcept;

} // namespace riskbreaker::transport
