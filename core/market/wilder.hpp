#pragma once

#include "core/market/candle.hpp"

#include <cstdint>
#include <optional>

namespace riskbreaker::core {

/// All that Wilder's averages are made of, to be kept over a restart.
struct wilder_memory {
  double gain = 0, loss = 0;
  double range = 0;
  double plus = 0, minus = 0;
  double index = 0;
  double high = 0, low = 0, close = 0;
  std::uint64_t count = 0;

  friend bool operator==(const wilder_memory&, const wilder_memory&) = default;
};

/// Wilder's averages (RSI, ATR and ADX, all over 14). They remember the whole
/// history of a series in a few numbers, so a copy is a checkpoint.
class wilder_averages {
public:
  wilder_averages() = default;
  explicit wilder_averages(const wilder_memory& x) noexcept;

  void add(const candle& x) noexcept;

  wilder_memory save() const noexcept;

  /// From the 15th candle on; absent while nothing ever moved.
  std::optional<double> rsi() const noexcept;

  /// Warm, but not one close differed from the one before.
  bool rsi_undefined() const noexcept;

  /// From the 15th candle on.
  std::optional<double> atr() const noexcept;

  /// From the 28th candle on.
  std::optional<double> adx() const noexcept;

  friend bool operator==(const wilder_averages&, const wilder_averages&)
    = default;

private:
  void add_rsi(double change) noexcept;
  void add_atr(double true_range) noexcept;
  void add_adx(double up_move, double down_move) noexcept;

  // Sums until they are seeded, averages afterwards.
  double gain_ = 0, loss_ = 0;
  double range_ = 0;
  double plus_ = 0, minus_ = 0; ///< Wilder sums of directional movement
  double index_ = 0;
  double high_ = 0, low_ = 0, close_ = 0; ///< of the newest candle
  std::uint64_t count_ = 0;
};

} // namespace riskbreaker::core
