#pragma once

#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

namespace riskbreaker::app {

/// Where a command reads and writes. Tests hand in streams of their own.
struct console {
  std::ostream& out;
  std::ostream& err;
  bool out_is_terminal = false;
  bool err_is_terminal = false;
  bool colour = false; ///< on `out`
  int in = 0;          ///< a file descriptor: it must be polled with signals
};

/// The process's own; no colour when NO_COLOR is set.
console standard_console();

enum class paint { none, red, green, yellow, cyan, grey };

/// `text` in that colour, or as it is.
std::string painted(std::string_view text, paint colour, bool enabled);

/// `text` fit for a terminal: without escape sequences, control characters and
/// what reverses the writing direction. An LLM's or a stranger's text must not
/// be able to move the cursor or fake a line.
std::string terminal_safe(std::string_view text, bool keep_newlines = false);

/// Columns that `text` takes on a terminal.
std::size_t display_width(std::string_view text);

/// A table with aligned columns; the first row is its head.
std::string table(const std::vector<std::vector<std::string>>& rows);

/// 1234567 as "1,234,567".
std::string grouped(unsigned long long x);

/// 2.5 as "2.5 s".
std::string seconds_text(double x);

} // namespace riskbreaker::app
