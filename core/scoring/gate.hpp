#pragma once

#include <cstdint>

namespace riskbreaker::core {

struct gate_config {
  double min_confidence = 0.5; ///< 0–1; below it nothing is allowed
  double max_risk_score = 70;  ///< 0–100; above it nothing is allowed

  friend bool operator==(const gate_config&, const gate_config&) = default;
};

enum class verdict : std::uint8_t { allow, block };

const char* to_string(verdict x) noexcept;

/// `block` when the score is over the limit or the confidence under it. A NaN
/// blocks: what is not known is never "no risk".
verdict judge(double score, double confidence,
              const gate_config& gate) noexcept;

} // namespace riskbreaker::core
