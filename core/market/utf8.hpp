#pragma once

#include <cstddef>
#include <string_view>

namespace riskbreaker::core {

struct utf8_character {
  char32_t code = 0;
  std::size_t size = 0; ///< bytes; 0 when there is no valid character
};

/// The first character of `text`. Overlong forms, surrogates and what lies
/// beyond U+10FFFF are not valid.
utf8_character decode_utf8(std::string_view text) noexcept;

/// C0, DEL and C1.
constexpr bool is_control(char32_t x) noexcept {
  return x < 0x20 || (x >= 0x7f && x < 0xa0);
}

/// Unicode's White_Space, control characters left out.
constexpr bool is_space(char32_t x) noexcept {
  return x == 0x20 || x == 0xa0 || x == 0x1680 || (x >= 0x2000 && x <= 0x200a)
         || x == 0x2028 || x == 0x2029 || x == 0x202f || x == 0x205f
         || x == 0x3000;
}

} // namespace riskbreaker::core
