#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace riskbreaker::transport {

/// Appends `text` as a JSON string with its quotes. Any bytes are taken: what
/// is no UTF-8 becomes U+FFFD, and all control characters (C1 and DEL too,
/// because terminals obey them) are escaped.
void append_json_string(std::string& out, std::string_view text);

/// Appends the shortest number that reads back as `x`; `null` if it is NaN or
/// infinite, which JSON cannot say and which must not look like a value.
void append_json_number(std::string& out, double x);

/// Whether `text` is UTF-8 from beginning to end.
bool is_utf8(std::string_view text) noexcept;

/// Writes one JSON text by appending, without a tree. Puts the commas itself;
/// that begins and ends match is up to the caller.
class json_writer {
public:
  explicit json_writer(std::size_t reserve = 512) {
    out_.reserve(reserve);
  }

  json_writer& begin_object();
  json_writer& end_object();
  json_writer& begin_array();
  json_writer& end_array();

  /// `name` goes out as it stands: a literal of ours that needs no escape.
  json_writer& key(std::string_view name);
  /// A key that may hold anything.
  json_writer& any_key(std::string_view name);

  json_writer& value(std::string_view text);
  json_writer& value(const char* text) {
    return value(std::string_view{text});
  }
  json_writer& value(const std::string& text) {
    return value(std::string_view{text});
  }
  json_writer& value(double x);
  json_writer& null();
  /// `json` is a whole JSON text and goes out as it stands.
  json_writer& raw(std::string_view json);

  template <std::integral T>
  json_writer& value(T x) {
    if constexpr (std::same_as<T, bool>)
      return raw(x ? "true" : "false");
    else if constexpr (std::signed_integral<T>)
      return integer(static_cast<std::int64_t>(x));
    else
      return natural(static_cast<std::uint64_t>(x));
  }

  template <class T>
  json_writer& value(const std::optional<T>& x) {
    return x ? value(*x) : null();
  }

  /// `key` and `value` in one.
  template <class T>
  json_writer& member(std::string_view name, const T& x) {
    return key(name).value(x);
  }

  /// An array of anything that can be a value.
  template <class Range>
  json_writer& array(std::string_view name, const Range& items) {
    key(name).begin_array();
    for (const auto& item : items)
      value(item);
    return end_array();
  }

  std::string take() {
    return std::move(out_);
  }

private:
  void separate();
  json_writer& integer(std::int64_t x);
  json_writer& natural(std::uint64_t x);

  std::string out_;
};

} // namespace riskbreaker::transport
