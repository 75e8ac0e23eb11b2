#pragma once

#include "core/time.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace riskbreaker::core {

/// The length of a candle, in ccxt's notation. `1M` is a calendar month.
class timeframe {
public:
  /// The default is `1m`.
  constexpr timeframe() noexcept = default;

  /// Returns the timeframe of that exact (case-sensitive) name, or nothing.
  static std::optional<timeframe> parse(std::string_view name) noexcept;

  /// All names, in order, for error messages: "1m, 3m, 5m, …".
  static const std::string& valid_names();

  std::string_view name() const noexcept;

  /// The usual length; a month counts as 30 days.
  milliseconds length() const noexcept;

  /// The instant the candle that opened at `open` closes: the open of the next.
  unix_ms close_of(unix_ms open) const noexcept;

  /// Whether a candle can open at `open`. Always true from `1d` on: daily and
  /// longer candles move with daylight saving.
  bool aligned(unix_ms open) const noexcept;

  /// How many steps lie from the candle at `from` to the one at `to` (≥ from):
  /// 1 for neighbours. Rounded from `1d` on, so that a day of 23 or 25 h is
  /// one.
  std::int64_t steps(unix_ms from, unix_ms to) const noexcept;

  /// The open time `n` steps after `open`.
  unix_ms advance(unix_ms open, std::int64_t n) const noexcept;

  friend bool operator==(timeframe, timeframe) = default;

private:
  constexpr explicit timeframe(std::uint8_t index) noexcept : index_(index) {
    // nop
  }

  std::uint8_t index_ = 0;
};

} // namespace riskbreaker::core
