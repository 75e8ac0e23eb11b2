#pragma once

#include "core/market/candle.hpp"
#include "core/market/refusal.hpp"
#include "core/market/timeframe.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace riskbreaker::core {

// Each check returns nothing when all is well, or else the refusal with a
// detail that names the offending numbers and says how to mend them.

/// Whether a series may take `x`. A closed candle may close, and a forming one
/// may open, up to `max_clock_skew` after `now`, that instant included. A day
/// or more that does not start at midnight UTC may close an hour earlier than
/// usual: local days have 23 h when the clocks go forward.
std::optional<refusal> validate(const candle& x, timeframe frame, bool closed,
                                unix_ms now, milliseconds max_clock_skew);

/// Whether `pair` can name a pair: 1–64 bytes of valid UTF-8 without spaces
/// and control characters.
std::optional<refusal> validate_pair(std::string_view pair);

/// Whether a bare number can be a time in milliseconds: one under 1e11 looks
/// like seconds, one past the year 9999 like micro- or nanoseconds.
std::optional<refusal> validate_time_ms(std::int64_t time);

/// What to answer to a name that `timeframe::parse` does not know.
refusal unknown_timeframe(std::string_view name);

} // namespace riskbreaker::core
