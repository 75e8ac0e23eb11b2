#include "core/market/wilder.hpp"

#include <algorithm>
#include <cmath>

namespace riskbreaker::core {

namespace {

constexpr std::uint64_t period = 14;

/// Candles after which ADX is seeded: 14 for movement, 13 more for its index.
constexpr std::uint64_t adx_row = 2 * period - 1;

/// Below this, decay stops: a market that stands still for weeks would push
/// the averages into subnormal numbers, where their ratio is lost. Any real
/// move dwarfs what is left, so this is no threshold for movement.
constexpr double frozen = 1e-280;

double smooth(double average, double x) noexcept {
  return (average * 13 + x) / 14;
}

} // namespace

wilder_averages::wilder_averages(const wilder_memory& x) noexcept
  : gain_(x.gain),
    loss_(x.loss),
    range_(x.range),
    plus_(x.plus),
    minus_(x.minus),
    index_(x.index),
    high_(x.high),
    low_(x.low),
    close_(x.close),
    count_(x.count) {
  // nop
}

wilder_memory wilder_averages::save() const noexcept {
  return {gain_,  loss_, range_, plus_,  minus_,
          index_, high_, low_,   close_, count_};
}

void wilder_averages::add(const candle& x) noexcept {
  if (count_ > 0) {
    add_rsi(x.close - close_);
    add_atr(std::max(
      {x.high - x.low, std::fabs(x.high - close_), std::fabs(x.low - close_)}));
    add_adx(x.high - high_, low_ - x.low);
    // Prices near the largest double overflow the sums; better start anew than
    // stay without a number for ever.
    if (!std::isfinite(gain_ + loss_ + range_ + plus_ + minus_ + index_))
      *this = wilder_averages{};
  }
  high_ = x.high;
  low_ = x.low;
  close_ = x.close;
  ++count_;
}

void wilder_averages::add_rsi(double change) noexcept {
  auto gain = std::max(change, 0.0);
  auto loss = std::max(-change, 0.0);
  if (count_ > period) {
    if (change == 0 && gain_ + loss_ < frozen)
      return;
    gain_ = smooth(gain_, gain);
    loss_ = smooth(loss_, loss);
    return;
  }
  gain_ += gain;
  loss_ += loss;
  if (count_ == period) {
    gain_ /= 14;
    loss_ /= 14;
  }
}

void wilder_averages::add_atr(double true_range) noexcept {
  if (count_ > period) {
    range_ = smooth(range_, true_range);
    return;
  }
  range_ += true_range;
  if (count_ == period)
    range_ /= 14;
}

void wilder_averages::add_adx(double up_move, double down_move) noexcept {
  auto plus = up_move > down_move && up_move > 0 ? up_move : 0.0;
  auto minus = down_move > up_move && down_move > 0 ? down_move : 0.0;
  if (count_ < period) {
    plus_ += plus;
    minus_ += minus;
    return;
  }
  if (plus + minus > 0 || plus_ + minus_ >= frozen) {
    plus_ = plus_ - plus_ / 14 + plus;
    minus_ = minus_ - minus_ / 14 + minus;
  }
  // Without any movement there is no index: the average keeps its value.
  auto sum = plus_ + minus_;
  auto dx = sum > 0 ? 100 * (std::fabs(plus_ - minus_) / sum) : 0;
  if (count_ <= adx_row) {
    index_ += dx;
    if (count_ == adx_row)
      index_ /= 14;
  } else if (sum > 0) {
    index_ = smooth(index_, dx);
  }
}

std::optional<double> wilder_averages::rsi() const noexcept {
  if (count_ <= period || gain_ + loss_ <= 0)
    return std::nullopt;
  return 100 * (gain_ / (gain_ + loss_));
}

bool wilder_averages::rsi_undefined() const noexcept {
  return count_ > period && gain_ + loss_ <= 0;
}

std::optional<double> wilder_averages::atr() const noexcept {
  return count_ > period ? std::optional{range_} : std::nullopt;
}

std::optional<double> wilder_averages::adx() const noexcept {
  return count_ > adx_row ? std::optional{index_} : std::nullopt;
}

} // namespace riskbreaker::core
