#pragma once

#include "app/score.hpp"
#include "core/scoring/candle_scorer.hpp"
#include "core/scoring/gate.hpp"

#include <string>
#include <variant>

namespace riskbreaker::app {

/// Why there is nothing to score with, and the exit code for it.
struct score_config_error {
  int code = 0;
  std::vector<std::string> lines;
};

/// Limits, thresholds, points and weights, and the gate.
struct score_config {
  core::candle_scorer_config scorer;
  core::gate_config gate;
  std::string strategy; ///< whose they are; empty: the defaults
};

/// That of the configuration that `options` name, or else the defaults.
std::variant<score_config, score_config_error>
read_score_config(const score_options& options);

} // namespace riskbreaker::app
