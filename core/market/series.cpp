#include "core/market/series.hpp"

#include <algorithm>

namespace riskbreaker::core {

namespace {

/// Filled candles among that many lower the confidence.
constexpr std::size_t filled_span = 100;

/// What a replay needs to complete every window of the indicators, however
/// small the window that the outside sees.
constexpr std::size_t min_capacity = 128;
static_assert(min_capacity >= indicators::warm_up
              && min_capacity >= filled_span);

candle flat(unix_ms time, double price) noexcept {
  return {time, price, price, price, price, 0};
}

} // namespace

series::series(timeframe tf, series_limits limits)
  : frame_(tf),
    limits_(limits),
    capacity_(std::max(limits.window, min_capacity)) {
  limits_.window = std::max<std::size_t>(limits.window, 1);
}

arrival_report series::add(const candle& x) {
  arrival_report result;
  if (slots_.empty()) {
    append({x, false});
    return result;
  }
  if (x.time > last_time()) {
    auto steps = frame_.steps(last_time(), x.time);
    if (steps > 0) {
      auto missing = steps - 1;
      if (static_cast<std::uint64_t>(missing) > limits_.max_gap_fill) {
        restart();
        result.restarted = true;
      } else if (missing > 0) {
        result.filled = fill_gap(x.time, missing);
      }
      append({x, false});
      return result;
    }
  }
  auto i = find(x.time);
  result.what = i ? replace(*i, x) : arrival::too_old;
  return result;
}

void series::update_forming(const candle& x) {
  if (slots_.empty()
      || (x.time > last_time() && frame_.steps(last_time(), x.time) > 0))
    forming_ = x;
}

std::optional<candle> series::forming() const {
  return forming_;
}

market_view series::view() const {
  market_view result;
  if (slots_.empty())
    return result;
  indicators_.fill(result);
  result.filled_share
    = static_cast<double>(filled_recent_)
      / static_cast<double>(std::min(slots_.size(), filled_span));
  return result;
}

std::vector<candle> series::newest(std::size_t n) const {
  std::vector<candle> result;
  n = std::min(n, size());
  result.reserve(n);
  for (auto i = slots_.size() - n; i < slots_.size(); ++i)
    result.push_back(at(i).bar);
  return result;
}

std::size_t series::size() const noexcept {
  return std::min(slots_.size(), limits_.window);
}

unix_ms series::last_time() const noexcept {
  return slots_.empty() ? unix_ms{} : at(slots_.size() - 1).bar.time;
}

std::uint64_t series::filled_total() const noexcept {
  return filled_total_;
}

timeframe series::frame() const noexcept {
  return frame_;
}

series::slot& series::at(std::size_t i) noexcept {
  i += oldest_;
  return slots_[i < slots_.size() ? i : i - slots_.size()];
}

const series::slot& series::at(std::size_t i) const noexcept {
  i += oldest_;
  return slots_[i < slots_.size() ? i : i - slots_.size()];
}

void series::restart() noexcept {
  slots_.clear();
  oldest_ = 0;
  evicted_ = {};
  indicators_ = indicators{};
  filled_recent_ = 0;
  changed(unix_ms::min());
}

std::uint32_t series::fill_gap(unix_ms until, std::int64_t missing) {
  auto& last = at(slots_.size() - 1).bar;
  auto from = last.time;
  auto price = last.close;
  std::uint32_t result = 0;
  for (std::int64_t n = 1; n <= missing; ++n) {
    // Months that open in mid-month may be shorter than their calendar says.
    auto time = frame_.advance(from, n);
    if (time >= until)
      break;
    append({flat(time, price), true});
    ++result;
  }
  filled_total_ += result;
  return result;
}

void series::append(const slot& x) {
  if (slots_.size() < capacity_) {
    if (slots_.size() == slots_.capacity())
      slots_.reserve(
        std::min(capacity_, std::max<std::size_t>(64, slots_.size() * 2)));
    slots_.push_back(x);
  } else {
    evicted_.add(slots_[oldest_].bar);
    slots_[oldest_] = x;
    oldest_ = oldest_ + 1 == capacity_ ? 0 : oldest_ + 1;
  }
  auto n = slots_.size();
  filled_recent_ += x.filled ? 1 : 0;
  if (n > filled_span && at(n - 1 - filled_span).filled)
    --filled_recent_;
  indicators_.add(x.bar);
  changed(x.bar.time);
  if (forming_
      && (forming_->time <= x.bar.time
          || frame_.steps(x.bar.time, forming_->time) == 0))
    forming_.reset();
}

arrival series::replace(std::size_t i, const candle& x) {
  auto& old = at(i);
  if (!old.filled && old.bar == x)
    return arrival::duplicate;
  auto result = old.filled ? arrival::late : arrival::revision;
  // Of a day that opened an hour off, the earlier time.
  changed(std::min(old.bar.time, x.time));
  old = {x, false};
  replay();
  return result;
}

void series::replay() noexcept {
  indicators_ = indicators{evicted_};
  auto n = slots_.size();
  for (std::size_t i = 0; i < n; ++i) {
    auto& x = at(i);
    // What was filled in follows the close before it. That of the oldest one
    // is gone, and with it whatever could have revised it.
    if (x.filled && i > 0)
      x.bar = flat(x.bar.time, at(i - 1).bar.close);
    indicators_.add(x.bar);
  }
  filled_recent_ = 0;
  for (auto i = n - std::min(n, filled_span); i < n; ++i)
    filled_recent_ += at(i).filled ? 1 : 0;
}

std::optional<std::size_t> series::find(unix_ms time) const noexcept {
  // The oldest slot that does not open before `time`.
  auto kept = slots_.size() - size();
  auto low = kept;
  auto high = slots_.size();
  while (low < high) {
    auto middle = low + (high - low) / 2;
    if (at(middle).bar.time < time)
      low = middle + 1;
    else
      high = middle;
  }
  // A day opens an hour off when the clocks change: the nearer neighbour in
  // the same step is meant.
  auto distance = [&](std::size_t i) {
    return std::chrono::abs(at(i).bar.time - time);
  };
  if (low == slots_.size() || (low > kept && distance(low - 1) < distance(low)))
    --low;
  auto from = std::min(at(low).bar.time, time);
  auto to = std::max(at(low).bar.time, time);
  if (frame_.steps(from, to) != 0)
    return std::nullopt;
  return low;
}

steady_time idle_from(steady_time last_seen, timeframe frame) noexcept {
  constexpr milliseconds least = std::chrono::minutes{10};
  return last_seen + std::max(2 * frame.length(), least);
}

} // namespace riskbreaker::core
