#pragma once

#include "core/json.hpp"

#include <optional>

namespace riskbreaker::core {

/// A risk score in 0–100, as a number or as a decimal text ("75", "75.5",
/// "75%"). Nothing where it is out of range or could mean two things: between
/// 0 and 1 it may be a fraction, with or without a percent sign. No sign, no
/// exponent, no hexadecimal in a text; 0 is 0 and 1 is 1.
std::optional<double> read_risk_score(const json& value);

/// A confidence in 0–1. From 2 to 100, or with a percent sign, it is a
/// percentage and divided; between 1 and 2 it could be either, so it is
/// nothing.
std::optional<double> read_confidence(const json& value);

} // namespace riskbreaker::core
