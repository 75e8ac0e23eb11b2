#pragma once

#include "config/problem.hpp"

#include <string>

namespace riskbreaker::config {

/// A path that the configuration names, absolute: it starts at the folder of
/// the file that names it, or at the working directory where the environment
/// does.
std::string resolved(const std::string& path, const origin& where);

} // namespace riskbreaker::config
