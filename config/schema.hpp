#pragma once

#include <string>

namespace riskbreaker::config {

/// The JSON Schema (draft 7) of the configuration file, made from the same
/// description that the loader reads by. `riskbreaker.schema.json` holds it.
std::string make_schema();

} // namespace riskbreaker::config
