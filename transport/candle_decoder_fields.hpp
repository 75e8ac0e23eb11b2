#pragma once

#include "core/market/refusal.hpp"
#include "transport/candle_decoder.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace riskbreaker::transport {

/// Values nested deeper than this are refused, whatever the format.
inline constexpr int max_candle_depth = 64;

/// What a candle, or the block around ccxt rows, may hold. The first eight are
/// required of a candle, in the order in which a missing one is named.
enum class candle_field : std::uint8_t {
  pair,
  timeframe,
  time,
  open,
  high,
  low,
  close,
  volume,
  closed,
  history,
  candles,
  unknown,
};

inline constexpr unsigned required_candle_fields = 8;
inline constexpr unsigned required_block_fields = 2;

/// The fields of a ccxt row, by position.
inline constexpr candle_field row_fields[]
  = {candle_field::time, candle_field::open,  candle_field::high,
     candle_field::low,  candle_field::close, candle_field::volume};

// Texts of refusals that JSON and MessagePack share.
inline constexpr char missing_from_row[]
  = "is missing: a row is [time, open, high, low, close, volume]";
inline constexpr char row_is_no_list[]
  = "a row is a list [time, open, high, low, close, volume]";
inline constexpr char rows_are_no_list[] = "is no list of rows";
inline constexpr char block_in_list[]
  = "a block of rows must be a message of its own";
inline constexpr char element_is_no_object[]
  = "an element of the list is no object; rows need a block that names their "
    "pair and timeframe";

candle_field parse_candle_field(std::string_view key) noexcept;

const char* to_string(candle_field x) noexcept;

/// The place in `bar` of a price or the volume.
double& number_of(core::candle& bar, candle_field field) noexcept;

/// "`field` `what`", as in "high is null".
core::refusal refuse(core::refusal_reason reason, candle_field field,
                     const char* what);

/// A number that came as a text; exchanges send prices that way. Absent when
/// it is none, or not finite.
std::optional<double> parse_decimal(std::string_view text) noexcept;

/// Sets the time from milliseconds, or says why they are none.
std::optional<core::refusal> set_time(core::candle& bar, std::int64_t ms);

/// Sets the time from a JSON or MessagePack number that is no plain integer:
/// taken when it is whole all the same.
std::optional<core::refusal> set_time(core::candle& bar, double ms);

/// Sets the time from digits or from ISO-8601 with a zone.
std::optional<core::refusal> set_time(core::candle& bar, std::string_view text);

/// " (in a block of BTC/USDT 5m)": a row does not say whose it is.
std::string block_suffix(std::string_view pair, std::string_view timeframe);

/// Counts which fields were seen, to find doubled and missing ones.
class field_set {
public:
  /// False if it was in already.
  bool insert(candle_field x) noexcept {
    const auto bit = 1u << static_cast<unsigned>(x);
    const bool fresh = (bits_ & bit) == 0;
    bits_ |= bit;
    return fresh;
  }

  bool contains(candle_field x) const noexcept {
    return (bits_ >> static_cast<unsigned>(x) & 1u) != 0;
  }

  /// The first of the `n` first required fields that is not in.
  std::optional<core::refusal> missing(unsigned n) const;

private:
  unsigned bits_ = 0;
};

} // namespace riskbreaker::transport
