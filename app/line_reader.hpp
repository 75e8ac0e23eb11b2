#pragma once

#include "app/stop_signal.hpp"

#include <optional>
#include <string>

namespace riskbreaker::app {

/// Lines of a descriptor such as standard input, which may keep silent for
/// hours: waiting for one ends with a signal.
class line_reader {
public:
  line_reader(int fd, stop_signal& stop) : fd_(fd), stop_(stop) {
    // nop
  }

  /// The next line; nothing at the end, on a read error and on a signal.
  std::optional<std::string> next();

private:
  int fd_;
  stop_signal& stop_;
  std::string buffer_;
  std::size_t begin_ = 0;
  bool ended_ = false;
};

} // namespace riskbreaker::app
