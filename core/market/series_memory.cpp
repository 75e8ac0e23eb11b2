#include "core/market/series_memory.hpp"

#include "core/market/series.hpp"
#include "core/market/validate.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace riskbreaker::core {

namespace {

bool finite(const wilder_memory& x) noexcept {
  for (auto value : {x.gain, x.loss, x.range, x.plus, x.minus, x.index, x.high,
                     x.low, x.close})
    if (!std::isfinite(value))
      return false;
  return true;
}

/// Whether one candle can stand right behind another. Days and longer may open
/// at odd hours; all others are one step apart.
bool follows(timeframe tf, unix_ms before, unix_ms after) noexcept {
  if (after <= before)
    return false;
  return tf.length() >= std::chrono::days{1} || tf.steps(before, after) == 1;
}

/// A file can hold anything; what is no series must not become one.
bool sound(timeframe tf, const series_memory& memory) {
  const auto& all = memory.candles;
  if (all.empty() || !finite(memory.before))
    return false;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto& x = all[i].bar;
    if (i > 0 && !follows(tf, all[i - 1].bar.time, x.time))
      return false;
    if (validate(x, tf, true, tf.close_of(x.time), milliseconds{0}))
      return false;
  }
  return true;
}

} // namespace

void series::changed(unix_ms from) noexcept {
  if (!changed_from_ || from < *changed_from_)
    changed_from_ = from;
}

void series::changes_lost() noexcept {
  changed(unix_ms::min());
}

std::optional<series_changes> series::take_changes() {
  if (!changed_from_ || slots_.empty())
    return std::nullopt;
  series_changes result;
  result.from = *changed_from_;
  changed_from_.reset();
  auto n = slots_.size();
  auto i = n;
  while (i > 0 && at(i - 1).bar.time >= result.from)
    --i;
  result.candles.reserve(n - i);
  for (; i < n; ++i)
    result.candles.push_back(at(i));
  result.oldest = at(0).bar.time;
  result.before = evicted_.save();
  result.filled_total = filled_total_;
  return result;
}

std::optional<series> series::restore(timeframe tf, series_limits limits,
                                      const series_memory& memory) {
  if (!sound(tf, memory))
    return std::nullopt;
  series result{tf, limits};
  const auto& all = memory.candles;
  auto first = all.size() - std::min(all.size(), result.capacity_);
  result.evicted_ = wilder_averages{memory.before};
  for (std::size_t i = 0; i < first; ++i)
    result.evicted_.add(all[i].bar);
  result.slots_.assign(all.begin() + static_cast<std::ptrdiff_t>(first),
                       all.end());
  result.filled_total_ = memory.filled_total;
  result.replay();
  return result;
}

} // namespace riskbreaker::core
