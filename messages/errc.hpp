#pragma once

#include <caf/error.hpp>
#include <caf/make_message.hpp>

#include <cstdint>
#include <string>

namespace riskbreaker::messages {

/// Every way a request between our actors can fail. Values are stable: they
/// appear in logs. Append, never renumber.
enum class errc : std::uint8_t {
  /// No strategy of that name is configured.
  unknown_strategy = 1,
  /// No candle of that pair and timeframe was seen yet.
  unknown_series,
  /// The strategy does not watch that pair and timeframe.
  not_watched,
  /// Not one of ccxt's timeframe names.
  bad_timeframe,
  /// A handler threw; the log and the counted faults say more.
  internal,
};

std::string to_string(errc x);

} // namespace riskbreaker::messages

// An atom of at most 10 characters; the one-argument form would use the
// qualified type name, which is too long.
CAF_ERROR_CODE_ENUM(riskbreaker::messages::errc, "riskbreak")
