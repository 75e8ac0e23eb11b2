#pragma once

#include "core/time.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>

namespace riskbreaker::app {

/// A reply for a person: tables for `status`, `stats` and `series`, indented
/// JSON for the others. Ends with a line break; holds nothing that a terminal
/// obeys.
std::string control_view(std::string_view command,
                         const nlohmann::ordered_json& reply,
                         core::unix_ms now);

} // namespace riskbreaker::app
