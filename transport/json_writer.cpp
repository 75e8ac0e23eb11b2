#include "transport/json_writer.hpp"

#include "core/market/utf8.hpp"

#include <algorithm>
#include <array>
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

/// Writes a finite `x`. Whole numbers, which points and the like are, take a
/// tenth of the time as integers, and 100000 reads better than 1e+05.
char* write_number(char* at, double x) {
  if (std::abs(x) < 1e15) {
    auto whole = static_cast<std::int64_t>(x);
    if (static_cast<double>(whole) == x)
      return std::to_chars(at, at + longest_number, whole).ptr;
  }
  return std::to_chars(at, at + longest_number, x).ptr;
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

json_writer& json_writer::begin_object() {
  auto at = separate(1);
  *at++ = '{';
  return keep(at);
}

json_writer& json_writer::begin_array() {
  auto at = separate(1);
  *at++ = '[';
  return keep(at);
}

json_writer& json_writer::end_object() {
  return close('}');
}

json_writer& json_writer::end_array() {
  return close(']');
}

json_writer& json_writer::close(char bracket) {
  if (size_ == out_.size())
    grow(1);
  out_[size_++] = bracket;
  return *this;
}

json_writer& json_writer::any_key(std::string_view name) {
  value(name);
  if (size_ == out_.size())
    grow(1);
  out_[size_++] = ':';
  return *this;
}

json_writer& json_writer::value(std::string_view text) {
  if (!std::all_of(text.begin(), text.end(), [](char c) {
        return plain(static_cast<unsigned char>(c));
      })) {
    std::string escaped;
    escaped.reserve(text.size() + 16);
    append_json_string(escaped, text);
    return raw(escaped);
  }
  auto at = separate(text.size() + 2);
  *at++ = '"';
  at = std::copy(text.begin(), text.end(), at);
  *at++ = '"';
  return keep(at);
}

json_writer& json_writer::value(double x) {
  if (!std::isfinite(x))
    return null();
  return keep(write_number(separate(longest_number), x));
}

json_writer& json_writer::null() {
  return raw("null");
}

json_writer& json_writer::raw(std::string_view json) {
  auto at = separate(json.size());
  return keep(std::copy(json.begin(), json.end(), at));
}

json_writer& json_writer::integer(std::int64_t x) {
  auto at = separate(longest_number);
  return keep(std::to_chars(at, at + longest_number, x).ptr);
}

json_writer& json_writer::natural(std::uint64_t x) {
  auto at = separate(longest_number);
  return keep(std::to_chars(at, at + longest_number, x).ptr);
}

} // namespace riskbreaker::transport
