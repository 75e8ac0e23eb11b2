#include "core/stats/endpoint_counts.hpp"

#include <algorithm>
#include <numeric>

namespace riskbreaker::core {

void duration_buckets::add(milliseconds x) noexcept {
  x = std::max(x, milliseconds{0});
  auto place = std::lower_bound(bounds.begin(), bounds.end(), x);
  ++counts[static_cast<std::size_t>(place - bounds.begin())];
  sum += x;
}

std::uint64_t duration_buckets::count() const noexcept {
  return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
}

} // namespace riskbreaker::core
