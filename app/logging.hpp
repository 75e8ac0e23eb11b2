#pragma once

#include <cstddef>
#include <memory>
#include <string>

namespace spdlog {
class formatter;
} // namespace spdlog

namespace riskbreaker::app {

struct logging_options {
  std::string level = "info";  ///< trace, debug, info, warn, error, off
  std::string format = "text"; ///< text, json
  std::string file;            ///< empty: standard error
  double max_megabytes = 10;   ///< then the file is rotated
  std::size_t max_files = 5;   ///< rotated ones that are kept
};

/// Sends the log to stderr, or to a file, in the wanted shape: standard output
/// belongs to the command's own results. Throws `std::exception` with a line
/// for the user if the file cannot be written.
void set_up_logging(const logging_options& options);

/// A line for people: time, level, event, key=value …; a sentence. Holds
/// nothing that a terminal obeys.
std::unique_ptr<spdlog::formatter> make_text_formatter();

/// One JSON object a line: time (ms), level, event, the fields, message.
std::unique_ptr<spdlog::formatter> make_json_formatter();

} // namespace riskbreaker::app
