#include "app/score_output.hpp"

#include <cerrno>

namespace riskbreaker::app {

bool score_output::flush() {
  if (!out_)
    return false;
  errno = 0;
  out_.write(text_.data(), static_cast<std::streamsize>(text_.size()));
  out_.flush();
  text_.clear();
  if (!out_)
    error_ = errno;
  return static_cast<bool>(out_);
}

} // namespace riskbreaker::app
