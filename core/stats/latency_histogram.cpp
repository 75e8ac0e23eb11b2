#include "core/stats/latency_histogram.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace riskbreaker::core {

/// Below two octaves' worth of steps the index is the value; from there on each
/// octave takes `steps` places more.
std::size_t latency_histogram::index_of(std::uint32_t ms) noexcept {
  if (ms < 2 * steps)
    return ms;
  auto shift = static_cast<std::uint32_t>(std::bit_width(ms / steps)) - 1;
  return shift * steps + (ms >> shift);
}

void latency_histogram::add(milliseconds x) noexcept {
  x = std::max(x, milliseconds{0});
  auto ms = std::min<milliseconds::rep>(x.count(), longest);
  ++buckets_[index_of(static_cast<std::uint32_t>(ms))];
  ++count_;
  max_ = std::max(max_, x);
}

std::optional<milliseconds>
latency_histogram::percentile(double share) const noexcept {
  if (count_ == 0)
    return std::nullopt;
  auto rank
    = std::ceil(std::clamp(share, 0.0, 1.0) * static_cast<double>(count_));
  auto wanted
    = std::clamp<std::uint64_t>(static_cast<std::uint64_t>(rank), 1, count_);
  std::uint64_t seen = 0;
  std::size_t i = 0;
  while (seen + buckets_[i] < wanted)
    seen += buckets_[i++];
  if (i < 2 * steps)
    return milliseconds{i};
  auto shift = i / steps - 1;
  auto low = (i - shift * steps) << shift;
  auto middle = low + (std::size_t{1} << shift) / 2;
  return std::min(milliseconds{middle}, max_);
}

std::optional<milliseconds> latency_histogram::max() const noexcept {
  return count_ > 0 ? std::optional{max_} : std::nullopt;
}

} // namespace riskbreaker::core
