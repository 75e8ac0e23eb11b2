#pragma once

#include <string>
#include <string_view>

namespace riskbreaker::app {

/// Appends a cell. Pairs may hold a comma or a quote: whatever is no space and
/// no control.
inline void append_csv_text(std::string& out, std::string_view text) {
  if (text.find_first_of(",\"") == std::string_view::npos) {
    out += text;
    return;
  }
  out += '"';
  for (char c : text)
    out.append(c == '"' ? 2 : 1, c);
  out += '"';
}

} // namespace riskbreaker::app
