#include "transport/json_writer.hpp"

#include "core/market/utf8.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>

namespace riskbreaker::transport {

namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD"; // U+FFFD
constexpr std::size_t longest_number = 32; // a double takes up to 24
constexpr std::string_view hex = "0123456789abcdef";

void append_escaped(std::string& out, unsigned char x) {
  switch (x) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      out += "\\u00";
      out += hex[x >> 4];
      out += hex[x & 15];
  }
}

/// Writes `x` if it is whole; null if not, or if it is too large for that.
char* write_whole(char* at, double x) {
  if (!(std::abs(x) < 1e15))
    return nullptr;
  auto whole = static_cast<std::int64_t>(x);
  if (static_cast<double>(whole) != x)
    return nullptr;
  return std::to_chars(at, at + longest_number, whole).ptr;
}

/// Writes `x` if it has up to four decimals and is under a million, as weights
/// and confidences are; null if not. The double that is the nearest to such a
/// number has no shorter form: doubles tell decimals of 15 digits apart.
char* write_short_decimal(char* at, double x) {
  if (!(std::abs(x) < 1e6))
    return nullptr;
  auto scaled = static_cast<std::int64_t>(x * 1e4 + std::copysign(0.5, x));
  if (static_cast<double>(scaled) / 1e4 != x)
    return nullptr;
  if (scaled < 0)
    *at++ = '-';
  auto digits = static_cast<std::uint64_t>(scaled < 0 ? -scaled : scaled);
  at = std::to_chars(at, at + longest_number, digits / 10'000).ptr;
  *at++ = '.';
  auto decimals = digits % 10'000;
  for (std::uint64_t place = 1'000; decimals > 0; place /= 10) {
    *at++ = static_cast<char>('0' + decimals / place);
    decimals %= place;
  }
  return at;
}

/// Writes a finite `x`. Most take a quarter of the time one of the first two
/// ways, and 100000 reads better than 1e+05.
char* write_number(char* at, double x) {
  if (auto end = write_whole(at, x))
    return end;
  if (auto end = write_short_decimal(at, x))
    return end;
  return std::to_chars(at, at + longest_number, x).ptr;
}

/// Writes a number with `write`, unless it is known how.
template <class Write>
char* written(char* at, std::uint64_t bits, number_texts* known, Write write) {
  if (!known)
    return write(at);
  if (auto end = known->find(at, bits))
    return end;
  auto end = write(at);
  known->keep(bits, at, end);
  return end;
}

/// Bytes that go out as they are, which is nearly all of them.
constexpr bool plain(unsigned char x) {
  return x >= 0x20 && x < 0x7F && x != '"' && x != '\\';
}

} // namespace

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  std::size_t done = 0;
  std::size_t at = 0;
  auto flush = [&](std::size_t skip) {
    out.append(text.data() + done, at - done);
    at += skip;
    done = at;
  };
  while (at < text.size()) {
    auto x = static_cast<unsigned char>(text[at]);
    if (plain(x)) {
      ++at;
    } else if (x < 0x80) {
      flush(1);
      append_escaped(out, x);
    } else {
      auto c = core::decode_utf8(text.substr(at));
      if (c.size == 0) {
        flush(1);
        out += replacement;
      } else if (core::is_control(c.code)) {
        flush(c.size);
        append_escaped(out, static_cast<unsigned char>(c.code));
      } else {
        at += c.size;
      }
    }
  }
  flush(0);
  out += '"';
}

void append_json_number(std::string& out, double x) {
  if (!std::isfinite(x)) {
    out += "null";
    return;
  }
  std::array<char, longest_number> buffer;
  out.append(buffer.data(), write_number(buffer.data(), x));
}

bool is_utf8(std::string_view text) noexcept {
  while (!text.empty()) {
    auto c = core::decode_utf8(text);
    if (c.size == 0)
      return false;
    text.remove_prefix(c.size);
  }
  return true;
}

void json_writer::grow(std::size_t room) {
  out_.resize(std::max(out_.size() * 2, size_ + room));
}

json_writer& json_writer::any_key(std::string_view name) {
  value(name);
  out_[size_ - 1] = ':'; // was the comma
  return *this;
}

json_writer& json_writer::value(std::string_view text) {
  if (std::all_of(text.begin(), text.end(),
                  [](char c) { return plain(static_cast<unsigned char>(c)); }))
    return word(text);
  std::string escaped;
  escaped.reserve(text.size() + 16);
  append_json_string(escaped, text);
  return raw(escaped);
}

json_writer& json_writer::value(double x) {
  if (!std::isfinite(x))
    return null();
  auto end
    = written(room_for(longest_number + 1), std::bit_cast<std::uint64_t>(x),
              known_ ? &known_->doubles : nullptr,
              [x](char* at) { return write_number(at, x); });
  *end++ = ',';
  return keep(end);
}

json_writer& json_writer::integer(std::int64_t x) {
  auto end
    = written(room_for(longest_number + 1), static_cast<std::uint64_t>(x),
              known_ ? &known_->integers : nullptr, [x](char* at) {
                return std::to_chars(at, at + longest_number, x).ptr;
              });
  *end++ = ',';
  return keep(end);
}

json_writer& json_writer::natural(std::uint64_t x) {
  auto at = room_for(longest_number + 1);
  auto end = std::to_chars(at, at + longest_number, x).ptr;
  *end++ = ',';
  return keep(end);
}

} // namespace riskbreaker::transport
