#include "core/market/utf8.hpp"

namespace riskbreaker::core {

utf8_character decode_utf8(std::string_view text) noexcept {
  if (text.empty())
    return {};
  auto byte = [text](std::size_t i) {
    return static_cast<unsigned char>(text[i]);
  };
  auto lead = byte(0);
  if (lead < 0x80)
    return {lead, 1};
  std::size_t size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < size)
    return {};
  auto code = static_cast<char32_t>(lead & (0x7f >> size));
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xc0) != 0x80)
      return {};
    code = (code << 6) | (byte(i) & 0x3fu);
  }
  auto overlong = (size == 3 && code < 0x800) || (size == 4 && code < 0x10000);
  auto surrogate = code >= 0xd800 && code <= 0xdfff;
  if (overlong || surrogate || code > 0x10ffff)
    return {};
  return {code, size};
}

} // namespace riskbreaker::core
