#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace riskbreaker::core {

struct json_member;

/// A parsed JSON value, so that `core/` can reason about answers without
/// knowing a JSON library. Objects keep their keys in order, doubled ones too:
/// an answer that says two things is not an answer.
struct json {
  using array = std::vector<json>;
  using object = std::vector<json_member>;
  std::variant<std::nullptr_t, bool, double, std::string, array, object> value;

  const json* find(std::string_view key) const; ///< first of that key, or null
  const std::string* string() const noexcept;
  const double* number() const noexcept;
  const bool* boolean() const noexcept;
  const array* elements() const noexcept;
  const object* members() const noexcept;
  bool is_null() const noexcept;
};

/// One key of an object. (A `std::pair` would need `json` to be complete
/// before it is: clang 14 takes no `vector<pair<string, json>>` here.)
struct json_member {
  std::string name;
  json value;
};

/// Parses a whole text as strict JSON; nothing if it is none (a number that no
/// double holds counts as none). Implemented in `transport/`.
using json_parser = std::function<std::optional<json>(std::string_view)>;

} // namespace riskbreaker::core
