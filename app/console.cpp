#include "app/console.hpp"

#include "core/market/utf8.hpp"

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <unistd.h>

namespace riskbreaker::app {

namespace {

constexpr char escape = '\x1b';

/// How many bytes the escape sequence at the beginning of `text` takes: CSI
/// (colours, cursor), OSC (titles, clipboard) and the like, or two bytes.
std::size_t escape_length(std::string_view text) {
  if (text.size() < 2)
    return text.size();
  std::size_t i = 2;
  if (text[1] == '[') {
    while (i < text.size() && (text[i] < '@' || text[i] > '~'))
      ++i;
    return std::min(i + 1, text.size());
  }
  if (text[1] == ']' || text[1] == 'P' || text[1] == '_' || text[1] == '^') {
    while (i < text.size() && text[i] != '\a' && text[i] != escape)
      ++i;
    if (i < text.size() && text[i] == escape)
      ++i; // ESC \ ends it
    return std::min(i + 1, text.size());
  }
  return 2;
}

constexpr bool turns_direction(char32_t x) {
  return x == 0x200E || x == 0x200F || (x >= 0x202A && x <= 0x202E)
         || (x >= 0x2066 && x <= 0x2069);
}

constexpr bool breaks_line(char32_t x) {
  return x == 0x2028 || x == 0x2029;
}

/// East Asian scripts and emoji; good enough to align a table.
constexpr bool is_wide(char32_t x) {
  return (x >= 0x1100 && x <= 0x115F) || (x >= 0x2E80 && x <= 0xA4CF)
         || (x >= 0xAC00 && x <= 0xD7A3) || (x >= 0xF900 && x <= 0xFAFF)
         || (x >= 0xFE30 && x <= 0xFE6F) || (x >= 0xFF00 && x <= 0xFF60)
         || (x >= 0x1F300 && x <= 0x1FAFF) || (x >= 0x20000 && x <= 0x3FFFD);
}

} // namespace

console standard_console() {
  bool terminal = isatty(STDOUT_FILENO) == 1;
  // Read once, before any thread of ours could change the environment.
  const char* no_colour = std::getenv("NO_COLOR");
  return {std::cout,
          std::cerr,
          terminal,
          isatty(STDERR_FILENO) == 1,
          terminal && !(no_colour && *no_colour),
          STDIN_FILENO};
}

std::string painted(std::string_view text, paint colour, bool enabled) {
  const char* code = nullptr;
  switch (colour) {
    case paint::none:
      break;
    case paint::red:
      code = "31";
      break;
    case paint::green:
      code = "32";
      break;
    case paint::yellow:
      code = "33";
      break;
    case paint::cyan:
      code = "36";
      break;
    case paint::grey:
      code = "90";
      break;
  }
  if (!enabled || !code)
    return std::string{text};
  return std::string{escape} + '[' + code + 'm' + std::string{text} + escape
         + "[0m";
}

std::string terminal_safe(std::string_view text, bool keep_newlines) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    if (text[0] == escape) {
      text.remove_prefix(escape_length(text));
      continue;
    }
    auto c = core::decode_utf8(text);
    if (c.size == 0) {
      out += "\xEF\xBF\xBD"; // U+FFFD
      text.remove_prefix(1);
      continue;
    }
    if (c.code == '\n' && keep_newlines)
      out += '\n';
    else if (c.code == '\n' || c.code == '\t' || breaks_line(c.code))
      out += ' ';
    else if (!core::is_control(c.code) && !turns_direction(c.code))
      out += text.substr(0, c.size);
    text.remove_prefix(c.size);
  }
  return out;
}

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    auto c = core::decode_utf8(text);
    width += is_wide(c.code) ? 2 : 1;
    text.remove_prefix(std::max<std::size_t>(c.size, 1));
  }
  return width;
}

std::string table(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows)
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths.resize(std::max(widths.size(), i + 1));
      widths[i] = std::max(widths[i], display_width(row[i]));
    }
  std::string out;
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      out += row[i];
      if (i + 1 < row.size())
        out.append(widths[i] - display_width(row[i]) + 2, ' ');
    }
    out += '\n';
  }
  return out;
}

std::string grouped(unsigned long long x) {
  auto digits = std::to_string(x);
  for (auto i = digits.size(); i > 3; i -= 3)
    digits.insert(i - 3, 1, ',');
  return digits;
}

std::string seconds_text(double x) {
  auto text = std::to_string(x);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.')
    text.pop_back();
  return text + " s";
}

} // namespace riskbreaker::app
