#pragma once

#include <cstddef>
#include <string_view>

namespace riskbreaker::core {

/// A stretch of text that begins with a bracket.
struct text_span {
  bool complete = false; ///< the bracket closes as it would in JSON
  /// One past the closing bracket; otherwise where it stopped being JSON.
  std::size_t end = 0;
};

/// Follows the object or array that begins at `begin` by JSON's grammar; what
/// numbers and words look like is left to a parser. Since the caller goes on
/// at `end`, no text is walked twice.
text_span scan_span(std::string_view text, std::size_t begin);

} // namespace riskbreaker::core
