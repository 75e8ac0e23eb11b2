#include "transport/json_writer.hpp"

#include "core/market/utf8.hpp"

#include <array>
#include <charconv>
#include <cmath>

namespace riskbreaker::transport {

namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD"; // U+FFFD
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
  std::array<char, 32> buffer; // the longest double takes 24
  auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), x).ptr;
  out.append(buffer.data(), end);
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
