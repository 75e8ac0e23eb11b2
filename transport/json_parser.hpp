#pragma once

#include "core/json.hpp"

namespace riskbreaker::transport {

/// Parses strict JSON with nlohmann/json into core's own tree. Nothing when it
/// is no JSON, is nested deeper than 64, or holds a number no double takes.
std::optional<core::json> parse_json(std::string_view text);

} // namespace riskbreaker::transport
