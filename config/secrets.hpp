#pragma once

#include "config/environment.hpp"
#include "config/settings.hpp"

#include <optional>
#include <string>
#include <vector>

namespace riskbreaker::config {

struct secret {
  std::optional<std::string> value;
  std::string problem; ///< why there is none; never holds the secret
  bool unfit = false;  ///< it is there, but no header can hold it
  std::string warning; ///< empty, or what is unwise about it
};

/// Fetches a secret: from the variable if it is set, else from the file.
secret fetch(const secret_source& from, const environment& env);

/// Whether everyone on this machine can read the file.
bool world_readable(const std::string& path);

} // namespace riskbreaker::config
