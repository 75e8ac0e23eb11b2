#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace riskbreaker::config {

struct blanked_text {
  std::string text;
  std::optional<std::size_t> unclosed; ///< where a comment begins but not ends
};

/// Turns comments and trailing commas into blanks. Every other byte stays where
/// it is, so that a place in the result is the same place in the file.
blanked_text blank_extras(std::string_view text);

/// The first byte that is no valid UTF-8, if any.
std::optional<std::size_t> find_bad_utf8(std::string_view text);

/// Turns offsets into lines and columns, as an editor counts them.
class line_map {
public:
  /// `text` must outlive the map.
  explicit line_map(std::string_view text);

  struct place {
    std::size_t line = 1;
    std::size_t column = 1; ///< in characters, not bytes
  };

  place at(std::size_t offset) const;

private:
  std::string_view text_;
  std::vector<std::size_t> starts_;
};

} // namespace riskbreaker::config
