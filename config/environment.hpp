#pragma once

#include "config/node.hpp"

#include <map>
#include <string>

namespace riskbreaker::config {

/// Environment variables by name; handed in, so that tests need no setenv.
using environment = std::map<std::string, std::string>;

/// The environment of this process.
environment process_environment();

/// Lays the values of all `RISKBREAKER__SECTION__KEY` on `root`. A value is
/// JSON if it is JSON, else a text. Keys match in any case; a name (of a
/// strategy or endpoint) must be in `root` already, matches exactly or else in
/// any case, and `_` stands for `-` where a shell allows no other.
void apply_environment(node& root, const environment& env, findings& out);

} // namespace riskbreaker::config
