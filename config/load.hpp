#pragma once

#include "config/environment.hpp"
#include "config/parse.hpp"
#include "config/problem.hpp"
#include "config/settings.hpp"

#include <optional>
#include <string>
#include <vector>

namespace riskbreaker::config {

struct load_result {
  std::optional<settings> value; ///< absent if there is any error
  std::vector<config_error> errors;
  std::vector<config_error> warnings; ///< worth a line in the log
};

/// Reads, merges (later files win) and checks configuration files. Secrets are
/// fetched from `env` and from the files that the configuration names; relative
/// paths start at the working directory, those of prompts at the folder of the
/// file that names them.
load_result load(const std::vector<std::string>& files, const environment& env);

/// The same from texts in memory.
load_result load_text(const std::vector<source>& texts,
                      const environment& env = {});
load_result load_text(const std::string& text, const environment& env = {});

} // namespace riskbreaker::config
