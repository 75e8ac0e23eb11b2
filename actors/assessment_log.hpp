#pragma once

#include "core/cause.hpp"
#include "core/scoring/assessment.hpp"
#include "core/stats/repeat_gate.hpp"

#include <array>
#include <unordered_map>

namespace riskbreaker::actors {

/// Logs final assessments: each one for which an LLM was asked, of the others
/// one a minute for each strategy and cause.
class assessment_log {
public:
  void note(const core::assessment& x);

  /// After a reload: other strategies have other addresses.
  void forget() {
    told_.clear();
  }

private:
  using gates = std::array<core::repeat_gate<core::unix_ms>, core::cause_count>;

  std::unordered_map<const core::strategy*, gates> told_;
};

} // namespace riskbreaker::actors
