#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace riskbreaker::core {

/// A parsed JSON value, so that `core/` can reason about answers without
/// knowing a JSON library. Objects keep their keys in order, doubled ones too:
/// an answer that says two things is not an answer.
struct json {
  using array = std::vector<json>;
  using object = std::vector<std::pair<std::string, json>>;
  std::variant<std::nullptr_t, bool, double, std::string, array, object> value;

  const json* find(std::string_view key) const; ///< first of that key, or null
  const std::string* string() const { return std::get_if<std::string>(&value); }
  const double* number() const { return std::get_if<double>(&value); }
  const array* elements() const { return std::get_if<array>(&value); }
  const object* members() const { return std::get_if<object>(&value); }
};

/// Parses a whole text as strict JSON; nothing if it is none (a number that no
/// double holds counts as none). Implemented in `transport/`.
using json_parser = std::function<std::optional<json>(std::string_view)>;

} // namespace riskbreaker::core
