#pragma once

#include "config/problem.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace riskbreaker::config {

struct member;

/// A JSON value that remembers where it was written. Every number is a double:
/// no setting needs more than 2^53.
struct node {
  using array = std::vector<node>;
  using object = std::vector<member>; ///< in the order of first appearance

  origin where;
  std::string pointer;
  std::variant<std::nullptr_t, bool, double, std::string, array, object> value;
  /// The variable's own text where the value came from the environment: there
  /// `12345` may be meant as a text.
  std::string raw;

  const object* members() const {
    return std::get_if<object>(&value);
  }
  const node* find(std::string_view key) const; ///< null if there is none
};

struct member {
  std::string key;
  origin where; ///< of the key
  node value;
};

/// `pointer` with one more step, escaped as RFC 6901 asks.
std::string operator/(const std::string& pointer, std::string_view step);

/// The value as it would stand in a file, shortened, for messages.
std::string shown(const node& x);

/// "a text", "a number", …, for messages.
const char* kind_of(const node& x);

/// Lays `over` on `base`: objects are merged key by key, everything else is
/// replaced. What is replaced brings its own place along.
void lay_over(node& base, const node& over);

} // namespace riskbreaker::config
