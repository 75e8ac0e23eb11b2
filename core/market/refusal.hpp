#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace riskbreaker::core {

/// Why a candle or a whole message was not taken. The names are the contract's
/// (topic `ingest.rejected`, metric label `reason`).
enum class refusal_reason : std::uint8_t {
  malformed,     ///< no JSON or MessagePack, or values of the wrong shape
  too_large,     ///< frame over `limits.max_frame`
  multipart,     ///< message of several frames
  missing_field, ///< a required key is absent
  not_a_number,  ///< null, NaN, infinite or non-numeric
  bad_price,     ///< price ≤ 0
  bad_volume,    ///< volume < 0
  bad_range,     ///< high under, or low over, what the others say
  bad_pair, ///< not 1–64 bytes of valid UTF-8 without spaces and controls
  bad_timeframe,   ///< not one of ccxt's names
  bad_time,        ///< looks like seconds, has no zone, is no time at all
  misaligned,      ///< open time is no multiple of the timeframe
  not_closed,      ///< called closed, but closes in the future
  too_old,         ///< outside the kept window
  too_many_series, ///< `limits.max_series` is reached
};

inline constexpr std::size_t refusal_reason_count = 15;

const char* to_string(refusal_reason x) noexcept;

/// A refused candle or message: what is wrong and how to mend it.
struct refusal {
  refusal_reason reason = refusal_reason::malformed;
  std::string detail;
};

} // namespace riskbreaker::core
