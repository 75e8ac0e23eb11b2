#include "core/scoring/gate.hpp"

namespace riskbreaker::core {

const char* to_string(verdict x) noexcept {
  switch (x) {
    case verdict::allow:
      return "allow";
    case verdict::block:
      return "block";
  }
  return "unknown";
}

verdict judge(double score, double confidence,
              const gate_config& gate) noexcept {
  // Asked this way round, a NaN on either side blocks.
  return score <= gate.max_risk_score && confidence >= gate.min_confidence
           ? verdict::allow
           : verdict::block;
}

} // namespace riskbreaker::core
