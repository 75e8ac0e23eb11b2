#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace riskbreaker::transport {

/// How numbers were written before. The candles of one time, their weights and
/// points come back in message after message; to look one up takes a fifth of
/// the time of writing it.
class number_texts {
public:
  static constexpr std::size_t longest = 15;

  /// Copies the text of the number of that bit pattern to `at`, where `longest`
  /// bytes must fit, and returns its end; null if it is not known.
  char* find(char* at, std::uint64_t bits) const noexcept {
    const auto& x = entries_[place_of(bits)];
    if (x.bits != bits || x.size == 0)
      return nullptr;
    std::memcpy(at, x.text, longest);
    return at + x.size;
  }

  /// Takes the place of another; longer texts are not kept.
  void keep(std::uint64_t bits, const char* begin, const char* end) noexcept {
    const auto size = static_cast<std::size_t>(end - begin);
    if (size == 0 || size > longest)
      return;
    auto& x = entries_[place_of(bits)];
    x.bits = bits;
    x.size = static_cast<std::uint8_t>(size);
    std::memcpy(x.text, begin, size);
  }

private:
  struct entry {
    std::uint64_t bits = 0;
    char text[longest] = {};
    std::uint8_t size = 0;
  };

  /// Fibonacci hashing (Knuth, TAOCP 3, 6.4): the upper bits of a product.
  static std::size_t place_of(std::uint64_t bits) noexcept {
    return static_cast<std::size_t>(bits * 0x9E37'79B9'7F4A'7C15u >> 57);
  }

  std::array<entry, 128> entries_;
};

} // namespace riskbreaker::transport
