#pragma once

#include "transport/metrics_families.hpp"
#include "transport/metrics_text.hpp"

namespace riskbreaker::transport {

/// The families with a label `strategy`: breakers, answers, calls, rates.
void write_strategies(metrics_families& out, const metrics_snapshot& x);

// As Prometheus wants times.
inline double seconds_of(core::milliseconds x) {
  return std::chrono::duration<double>(x).count();
}
inline double stamp_of(core::unix_ms x) {
  return seconds_of(x.time_since_epoch());
}

} // namespace riskbreaker::transport
