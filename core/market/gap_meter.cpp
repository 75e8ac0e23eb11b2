#include "core/market/gap_meter.hpp"

#include <utility>

namespace riskbreaker::core {

bool gap_meter::admit(const arrival_report& x, steady_time now) noexcept {
  if (x.filled == 0 && !x.restarted)
    return false;
  // What a span that is over held back is told first.
  if (!began_ || (now - *began_ >= span_ && held_.gaps == 0)) {
    began_ = now;
    return true;
  }
  ++held_.gaps;
  held_.filled += x.filled;
  return false;
}

std::optional<gap_summary> gap_meter::take(steady_time now) noexcept {
  if (!began_ || now - *began_ < span_)
    return std::nullopt;
  began_.reset();
  if (held_.gaps == 0)
    return std::nullopt;
  return std::exchange(held_, {});
}

} // namespace riskbreaker::core
