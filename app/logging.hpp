#pragma once

#include <string>

namespace riskbreaker::app {

struct logging_options {
  std::string level = "info";  ///< trace, debug, info, warn, error, off
  std::string format = "text"; ///< text, json
};

/// Sends the log to stderr in the wanted shape: standard output belongs to the
/// command's own results.
void set_up_logging(const logging_options& options);

} // namespace riskbreaker::app
