#include "transport/json_writer.hpp"

#include <array>
#include <charconv>
#include <cmath>

namespace riskbreaker::transport {

namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD"; // U+FFFD
constexpr std::string_view hex = "0123456789abcdef";

constexpr bool in(unsigned char x, unsigned char low, unsigned char high) {
  return x >= low && x <= high;
}

/// What stands at the beginning of a text: `length` bytes that are one UTF-8
/// character, or that are none and count as one mistake.
struct utf8_step {
  std::size_t length = 1;
  bool valid = false;
};

/// Follows the Unicode standard's table of well-formed sequences, so that
/// surrogates, overlong forms and anything past U+10FFFF are mistakes.
utf8_step step_utf8(std::string_view text) noexcept {
  auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i])
                           : static_cast<unsigned char>(0);
  };
  auto lead = byte(0);
  if (lead < 0x80)
    return {1, true};
  std::size_t length = in(lead, 0xC2, 0xDF)   ? 2
                       : in(lead, 0xE0, 0xEF) ? 3
                       : in(lead, 0xF0, 0xF4) ? 4
                                              : 0;
  if (length == 0)
    return {1, false};
  unsigned char low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
  unsigned char high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
  if (!in(byte(1), low, high))
    return {1, false};
  for (std::size_t i = 2; i < length; ++i)
    if (!in(byte(i), 0x80, 0xBF))
      return {i, false};
  return {length, true};
}

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
      auto step = step_utf8(text.substr(at));
      if (!step.valid) {
        flush(step.length);
        out += replacement;
      } else if (x == 0xC2 && static_cast<unsigned char>(text[at + 1]) < 0xA0) {
        auto control = static_cast<unsigned char>(text[at + 1]);
        flush(2);
        append_escaped(out, control);
      } else {
        at += step.length;
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
  std::array<char, 32> buffer; // the longest double takes 24
  auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), x).ptr;
  out.append(buffer.data(), end);
}

bool is_utf8(std::string_view text) noexcept {
  while (!text.empty()) {
    auto step = step_utf8(text);
    if (!step.valid)
      return false;
    text.remove_prefix(step.length);
  }
  return true;
}

void json_writer::separate() {
  // No value ends in one of these, so the last byte tells where we are.
  if (!out_.empty() && out_.back() != '{' && out_.back() != '['
      && out_.back() != ':')
    out_ += ',';
}

json_writer& json_writer::begin_object() {
  separate();
  out_ += '{';
  return *this;
}

json_writer& json_writer::end_object() {
  out_ += '}';
  return *this;
}

json_writer& json_writer::begin_array() {
  separate();
  out_ += '[';
  return *this;
}

json_writer& json_writer::end_array() {
  out_ += ']';
  return *this;
}

json_writer& json_writer::key(std::string_view name) {
  separate();
  out_ += '"';
  out_ += name;
  out_ += "\":";
  return *this;
}

json_writer& json_writer::any_key(std::string_view name) {
  separate();
  append_json_string(out_, name);
  out_ += ':';
  return *this;
}

json_writer& json_writer::value(std::string_view text) {
  separate();
  append_json_string(out_, text);
  return *this;
}

json_writer& json_writer::value(double x) {
  separate();
  append_json_number(out_, x);
  return *this;
}

json_writer& json_writer::null() {
  return raw("null");
}

json_writer& json_writer::raw(std::string_view json) {
  separate();
  out_ += json;
  return *this;
}

json_writer& json_writer::integer(std::int64_t x) {
  separate();
  std::array<char, 24> buffer;
  out_.append(buffer.data(),
              std::to_chars(buffer.data(), buffer.data() + 24, x).ptr);
  return *this;
}

json_writer& json_writer::natural(std::uint64_t x) {
  separate();
  std::array<char, 24> buffer;
  out_.append(buffer.data(),
              std::to_chars(buffer.data(), buffer.data() + 24, x).ptr);
  return *this;
}

} // namespace riskbreaker::transport
