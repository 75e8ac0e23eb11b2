#pragma once

#include <cstddef>
#include <optional>
#include <string>

namespace riskbreaker::config {

struct file_text {
  std::optional<std::string> value;
  std::string problem; ///< why there is none, with the file's name
};

/// Reads a regular file of at most `max` bytes; `purpose` is what a larger one
/// cannot be, such as "a key".
file_text read_small_file(const std::string& path, std::size_t max,
                          const char* purpose);

} // namespace riskbreaker::config
