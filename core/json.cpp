#include "core/json.hpp"

namespace riskbreaker::core {

const json* json::find(std::string_view key) const {
  if (auto* all = members())
    for (auto& member : *all)
      if (member.name == key)
        return &member.value;
  return nullptr;
}

const std::string* json::string() const noexcept {
  return std::get_if<std::string>(&value);
}

const double* json::number() const noexcept {
  return std::get_if<double>(&value);
}

const bool* json::boolean() const noexcept {
  return std::get_if<bool>(&value);
}

const json::array* json::elements() const noexcept {
  return std::get_if<array>(&value);
}

const json::object* json::members() const noexcept {
  return std::get_if<object>(&value);
}

bool json::is_null() const noexcept {
  return std::holds_alternative<std::nullptr_t>(value);
}

} // namespace riskbreaker::core
