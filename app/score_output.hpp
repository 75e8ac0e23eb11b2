#pragma once

#include <cstddef>
#include <ostream>
#include <string>

namespace riskbreaker::app {

/// Rows on their way out, in large pieces.
class score_output {
public:
  explicit score_output(std::ostream& out) : out_(out) {
    text_.reserve(piece + 4'096);
  }

  /// To append to; `settle` afterwards.
  std::string& text() noexcept {
    return text_;
  }

  /// Writes once enough has gathered; false if that failed, now or before.
  bool settle() {
    return text_.size() < piece || flush();
  }

  /// Writes all there is.
  bool flush();

  /// Why it failed: an `errno`, 0 if that is not known.
  int error() const noexcept {
    return error_;
  }

private:
  static constexpr std::size_t piece = 1u << 16;

  std::ostream& out_;
  std::string text_;
  int error_ = 0;
};

} // namespace riskbreaker::app
