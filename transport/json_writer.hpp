#pragma once

#include "transport/number_texts.hpp"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
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
///
/// A comma follows every value, and the end of what holds the value takes it
/// back: looking back for whether one is due cost a quarter of the time.
class json_writer {
public:
  explicit json_writer(std::size_t reserve = 512) : out_(reserve, '\0') {
    // nop
  }

  /// From now on numbers that come back are not written out anew: for a writer
  /// that writes message after message.
  void remember_numbers() {
    known_ = std::make_unique<known_numbers>();
  }

  json_writer& begin_object() {
    return put("{");
  }
  json_writer& end_object() {
    return close('}');
  }
  json_writer& begin_array() {
    return put("[");
  }
  json_writer& end_array() {
    return close(']');
  }

  /// `name` goes out as it stands: a literal of ours that needs no escape.
  /// Always inlined, so that the compiler copies it in a few moves.
  [[gnu::always_inline]] json_writer& key(std::string_view name) {
    auto at = room_for(name.size() + 3);
    *at++ = '"';
    at = append(at, name);
    *at++ = '"';
    *at++ = ':';
    return keep(at);
  }
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
  json_writer& null() {
    return raw("null");
  }
  /// `json` is a whole JSON text and goes out as it stands.
  json_writer& raw(std::string_view json) {
    auto at = append(room_for(json.size() + 1), json);
    *at++ = ',';
    return keep(at);
  }
  /// A text of ours that needs no escape, such as the name of a state.
  json_writer& word(std::string_view text) {
    auto at = room_for(text.size() + 3);
    *at++ = '"';
    at = append(at, text);
    *at++ = '"';
    *at++ = ',';
    return keep(at);
  }

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
  [[gnu::always_inline]] json_writer&
  member(std::string_view name, const T& x) {
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

  /// What was written; the writer begins anew.
  std::string take() {
    out_.resize(text().size());
    size_ = 0;
    return std::exchange(out_, {});
  }

  /// What was written, until the next call of anything else.
  std::string_view text() const {
    return {out_.data(),
            size_ > 0 && out_[size_ - 1] == ',' ? size_ - 1 : size_};
  }

  /// Begins anew in the same memory.
  void clear() {
    size_ = 0;
  }

private:
  /// Where `room` more bytes may be written.
  char* room_for(std::size_t room) {
    if (size_ + room > out_.size())
      grow(room);
    return out_.data() + size_;
  }

  static char* append(char* at, std::string_view text) {
    std::memcpy(at, text.data(), text.size());
    return at + text.size();
  }

  /// What was written up to `end` counts.
  json_writer& keep(const char* end) {
    size_ = static_cast<std::size_t>(end - out_.data());
    return *this;
  }

  json_writer& put(std::string_view bytes) {
    return keep(append(room_for(bytes.size()), bytes));
  }

  json_writer& close(char bracket) {
    auto at = room_for(2);
    if (size_ > 0 && at[-1] == ',')
      --at;
    *at++ = bracket;
    *at++ = ',';
    return keep(at);
  }

  void grow(std::size_t room);
  json_writer& integer(std::int64_t x);
  json_writer& natural(std::uint64_t x);

  struct known_numbers {
    number_texts doubles;
    number_texts integers;
  };

  std::string out_; ///< its size is what there is room for
  std::size_t size_ = 0;
  std::unique_ptr<known_numbers> known_;
};

} // namespace riskbreaker::transport
