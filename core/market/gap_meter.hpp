#pragma once

#include "core/market/series.hpp"
#include "core/time.hpp"

#include <cstdint>
#include <optional>

namespace riskbreaker::core {

/// Gaps that were not told one by one.
struct gap_summary {
  std::uint64_t gaps = 0;
  std::uint64_t filled = 0; ///< candles
};

/// Lets the first gap of a while through and sums up the rest: when an exchange
/// halts, all of its pairs have the same hole. Pure: time comes in.
class gap_meter {
public:
  explicit gap_meter(milliseconds span = milliseconds{10'000}) noexcept
    : span_(span) {
    // nop
  }

  /// Counts what a candle was, if it left a gap behind; whether that is to be
  /// told by itself.
  bool admit(const arrival_report& x, steady_time now) noexcept;

  /// What was held back in a span that is over by `now`, if anything.
  std::optional<gap_summary> take(steady_time now) noexcept;

private:
  milliseconds span_;
  std::optional<steady_time> began_;
  gap_summary held_;
};

} // namespace riskbreaker::core
