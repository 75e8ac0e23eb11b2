#include "config/text.hpp"

#include <algorithm>

namespace riskbreaker::config {

namespace {

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

// Returns the offset behind the string that begins at `i`; a string ends with
// its line at the latest, so that a forgotten quote spoils one line only.
std::size_t skip_string(std::string_view text, std::size_t i) {
  for (++i; i < text.size() && text[i] != '\n'; ++i) {
    if (text[i] == '\\')
      ++i;
    else if (text[i] == '"')
      return i + 1;
  }
  return std::min(i, text.size());
}

// Blanks the comment that begins at `i` and returns the offset behind it, or
// nothing when it does not end.
std::optional<std::size_t> blank_comment(std::string& text, std::size_t i) {
  auto block = text[i + 1] == '*';
  auto end = block ? text.find("*/", i + 2) : text.find('\n', i);
  if (end == std::string::npos) {
    if (block)
      return std::nullopt;
    end = text.size();
  } else if (block) {
    end += 2;
  }
  for (; i < end; ++i)
    if (!is_space(text[i]))
      text[i] = ' ';
  return end;
}

} // namespace

blanked_text blank_extras(std::string_view text) {
  blanked_text out{std::string{text}, std::nullopt};
  auto& t = out.text;
  std::optional<std::size_t> comma; // one that ends a list if nothing follows
  auto last = '[';                  // the last character that means anything
  for (std::size_t i = 0; i < t.size();) {
    if (is_space(t[i])) {
      ++i;
      continue;
    }
    if (t[i] == '/' && i + 1 < t.size()
        && (t[i + 1] == '/' || t[i + 1] == '*')) {
      auto end = blank_comment(t, i);
      if (!end) {
        out.unclosed = i;
        return out;
      }
      i = *end;
      continue;
    }
    if ((t[i] == '}' || t[i] == ']') && comma)
      t[*comma] = ' ';
    comma.reset();
    // Behind an opening bracket, a colon or a comma it is a slip, no habit.
    if (t[i] == ',' && last != '[' && last != '{' && last != ',' && last != ':')
      comma = i;
    last = t[i];
    i = t[i] == '"' ? skip_string(t, i) : i + 1;
  }
  return out;
}

std::optional<std::size_t> find_bad_utf8(std::string_view text) {
  auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  for (std::size_t i = 0; i < text.size();) {
    auto c = byte(i);
    std::size_t more = c < 0x80 ? 0 : c < 0xE0 ? 1 : c < 0xF0 ? 2 : 3;
    if ((c >= 0x80 && c < 0xC2) || c > 0xF4)
      return i;
    // The second byte carries what makes a form overlong or a surrogate.
    auto low = c == 0xE0 ? 0xA0U : c == 0xF0 ? 0x90U : 0x80U;
    auto high = c == 0xED ? 0x9FU : c == 0xF4 ? 0x8FU : 0xBFU;
    for (std::size_t k = 1; k <= more; ++k) {
      if (byte(i + k) < low || byte(i + k) > high)
        return i;
      low = 0x80;
      high = 0xBF;
    }
    i += more + 1;
  }
  return std::nullopt;
}

line_map::line_map(std::string_view text) : text_(text), starts_{0} {
  for (std::size_t i = 0; i < text.size(); ++i)
    if (text[i] == '\n')
      starts_.push_back(i + 1);
}

line_map::place line_map::at(std::size_t offset) const {
  offset = std::min(offset, text_.size());
  auto next = std::upper_bound(starts_.begin(), starts_.end(), offset);
  auto start = *(next - 1);
  auto before = text_.substr(start, offset - start);
  auto inside = [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
  };
  auto hidden = std::count_if(before.begin(), before.end(), inside);
  return {static_cast<std::size_t>(next - starts_.begin()),
          before.size() - static_cast<std::size_t>(hidden) + 1};
}

} // namespace riskbreaker::config
