#include "core/llm/answer_text.hpp"

#include <algorithm>
#include <charconv>

namespace riskbreaker::core {

namespace {

constexpr std::string_view blanks = " \t\r\n";

unsigned char byte(std::string_view text, std::size_t pos) noexcept {
  return static_cast<unsigned char>(text[pos]);
}

char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// C0, DEL, C1 and the two Unicode line ends: all that may break a line or
/// steer a terminal.
bool is_control(std::string_view text, std::size_t pos, std::size_t length) {
  auto c = byte(text, pos);
  if (length == 1)
    return c < 0x20 || c == 0x7f;
  if (length == 2)
    return c == 0xc2 && byte(text, pos + 1) < 0xa0;
  return length == 3 && c == 0xe2 && byte(text, pos + 1) == 0x80
         && (byte(text, pos + 2) & 0xfe) == 0xa8;
}

bool is_word(char c) noexcept {
  return (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'z')
         || c == '_' || c == '-' || c == '.';
}

/// Masks the word after every `lead`, keeping the lead itself.
void mask_after(std::string& text, std::string_view lead) {
  for (std::size_t pos = 0;;) {
    pos = find_ignoring_case(text, lead, pos);
    if (pos == std::string::npos)
      return;
    auto begin = pos + lead.size();
    auto end = begin;
    while (end < text.size() && is_word(text[end]))
      ++end;
    // A short word is more likely prose ("bearer token") than a key.
    if (end - begin >= 8 && (pos == 0 || !is_word(text[pos - 1])))
      text.replace(begin, end - begin, "***");
    pos = begin;
  }
}

/// The byte that the hexadecimal `digits` stand for, or -1. A code over 127 is
/// no byte of a key.
int from_hex(std::string_view digits) noexcept {
  unsigned value = 0;
  auto* end = digits.data() + digits.size();
  auto [stop, error] = std::from_chars(digits.data(), end, value, 16);
  return error == std::errc{} && stop == end && value < 128
           ? static_cast<int>(value)
           : -1;
}

/// How many bytes at the start of `text` spell `c`: as it is, percent-encoded,
/// or escaped as JSON may do, once or several times over (an answer is JSON in
/// a JSON string). 0: they do not.
std::size_t spelled_length(std::string_view text, char c) noexcept {
  constexpr std::size_t code = 4;
  if (text.empty())
    return 0;
  if (text[0] == c)
    return 1;
  if (text[0] == '%')
    return text.size() >= 3 && from_hex(text.substr(1, 2)) == c ? 3 : 0;
  auto slashes = std::min(text.find_first_not_of('\\'), text.size());
  if (slashes == 0 || slashes == text.size())
    return 0;
  auto rest = text.substr(slashes + 1);
  if (text[slashes] == 'u' && rest.size() >= code
      && from_hex(rest.substr(0, code)) == c)
    return slashes + 1 + code;
  return text[slashes] == c ? slashes + 1 : 0;
}

std::size_t spelled_length(std::string_view text,
                           std::string_view secret) noexcept {
  std::size_t pos = 0;
  for (auto c : secret) {
    auto length = spelled_length(text.substr(pos), c);
    if (length == 0)
      return 0;
    pos += length;
  }
  return pos;
}

} // namespace

std::size_t utf8_length(std::string_view text, std::size_t pos) noexcept {
  if (pos >= text.size())
    return 0;
  auto first = byte(text, pos);
  if (first < 0x80)
    return 1;
  std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || text.size() - pos < length)
    return 0;
  for (std::size_t i = 1; i < length; ++i)
    if ((byte(text, pos + i) & 0xc0) != 0x80)
      return 0;
  // Overlong forms, surrogates and what lies beyond U+10FFFF.
  auto second = byte(text, pos + 1);
  if ((first == 0xe0 && second < 0xa0) || (first == 0xed && second > 0x9f)
      || (first == 0xf0 && second < 0x90) || (first == 0xf4 && second > 0x8f))
    return 0;
  return length;
}

void append_clean(std::string& out, std::string_view text,
                  std::size_t max_chars, char filler) {
  for (std::size_t pos = 0; pos < text.size() && max_chars > 0;) {
    auto length = utf8_length(text, pos);
    if (length == 0) {
      out += "\xef\xbf\xbd";
    } else if (!is_control(text, pos, length)) {
      out += text.substr(pos, length);
    } else if (filler != 0) {
      out += filler;
    } else {
      pos += length;
      continue; // what leaves no trace counts for nothing
    }
    pos += std::max<std::size_t>(length, 1);
    --max_chars;
  }
}

std::string excerpt(std::string_view text, std::size_t max_bytes) {
  // Masked before it is cut, or half a key could slip through.
  std::string source{trim(text).substr(0, max_bytes * 4)};
  mask_after(source, "bearer ");
  mask_after(source, "sk-");
  std::string out;
  for (std::size_t pos = 0; pos < source.size();) {
    auto length = utf8_length(source, pos);
    std::string piece;
    if (length == 0 || is_control(source, pos, length)) {
      constexpr char digits[] = "0123456789abcdef";
      auto c = byte(source, pos);
      piece = {'\\', 'x', digits[c >> 4], digits[c & 15]};
      length = 1;
    } else {
      piece = source.substr(pos, length);
    }
    if (out.size() + piece.size() > max_bytes)
      break;
    out += piece;
    pos += length;
  }
  return out;
}

void mask_secret(std::string& text, std::string_view secret) {
  if (secret.empty())
    return;
  std::string out;
  std::size_t kept = 0; // all before it stands in `out`
  for (std::size_t pos = 0; pos < text.size();) {
    auto length = spelled_length(std::string_view{text}.substr(pos), secret);
    if (length == 0) {
      ++pos;
      continue;
    }
    out.append(text, kept, pos - kept).append("***");
    pos += length;
    kept = pos;
  }
  if (kept == 0)
    return;
  out.append(text, kept);
  text = std::move(out);
}

std::string_view trim(std::string_view text) noexcept {
  auto begin = text.find_first_not_of(blanks);
  if (begin == std::string_view::npos)
    return {};
  return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

bool equals_ignoring_case(std::string_view a, std::string_view b) noexcept {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

std::size_t find_ignoring_case(std::string_view text, std::string_view lower_,
                               std::size_t from) noexcept {
  if (from > text.size())
    return std::string_view::npos;
  auto begin = text.begin() + static_cast<std::ptrdiff_t>(from);
  auto at = std::search(begin, text.end(), lower_.begin(), lower_.end(),
                        [](char x, char y) { return lower(x) == y; });
  return at == text.end() ? std::string_view::npos
                          : static_cast<std::size_t>(at - text.begin());
}

} // namespace riskbreaker::core
