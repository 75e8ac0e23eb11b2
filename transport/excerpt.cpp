#include "transport/excerpt.hpp"

#include <cstdint>

namespace riskbreaker::transport {

namespace {

struct code_point {
  std::uint32_t value = 0;
  std::size_t size = 0; ///< bytes; 0: not UTF-8
};

/// Reads the character at the start of a text that is not empty. Overlong
/// forms, surrogates and what lies beyond U+10FFFF are no UTF-8.
code_point read_utf8(std::string_view text) {
  const auto byte = [&](std::size_t i) {
    return static_cast<std::uint32_t>(static_cast<unsigned char>(text[i]));
  };
  const auto lead = byte(0);
  if (lead < 0x80)
    return {lead, 1};
  const std::size_t size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < size)
    return {};
  auto value = lead & (0x7fu >> size);
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xc0u) != 0x80u)
      return {};
    value = value << 6 | (byte(i) & 0x3fu);
  }
  const bool overlong
    = (size == 3 && value < 0x800) || (size == 4 && value < 0x10000);
  const bool surrogate = value >= 0xd800 && value <= 0xdfff;
  if (overlong || surrogate || value > 0x10ffff)
    return {};
  return {value, size};
}

/// Controls, and the marks that reorder or break the line they are shown in.
bool printable(std::uint32_t x) {
  if (x < 0x20 || (x >= 0x7f && x < 0xa0))
    return false;
  const bool breaks_line = x == 0x2028 || x == 0x2029;
  const bool reorders = x == 0x200e || x == 0x200f
                        || (x >= 0x202a && x <= 0x202e)
                        || (x >= 0x2066 && x <= 0x2069);
  const bool invisible = x == 0xfeff || (x >= 0xfff9 && x <= 0xfffb);
  return !breaks_line && !reorders && !invisible;
}

} // namespace

std::string printable_excerpt(std::string_view input, std::size_t limit) {
  static constexpr char digits[] = "0123456789abcdef";
  auto rest = input.substr(0, limit);
  std::string result;
  result.reserve(rest.size());
  while (!rest.empty()) {
    const auto x = read_utf8(rest);
    if (x.size != 0 && printable(x.value)) {
      result.append(rest.substr(0, x.size));
      rest.remove_prefix(x.size);
      continue;
    }
    const std::size_t bytes = x.size == 0 ? 1 : x.size;
    for (std::size_t i = 0; i < bytes; ++i) {
      const auto byte = static_cast<unsigned char>(rest[i]);
      result += "\\x";
      result += digits[byte >> 4];
      result += digits[byte & 0x0f];
    }
    rest.remove_prefix(bytes);
  }
  return result;
}

} // namespace riskbreaker::transport
