#include "config/node.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace riskbreaker::config {

namespace {

constexpr std::size_t max_shown = 60;

nlohmann::ordered_json to_json(const node& x) {
  using json = nlohmann::ordered_json;
  if (const auto* members = x.members()) {
    auto out = json::object();
    for (const auto& m : *members)
      out[m.key] = to_json(m.value);
    return out;
  }
  if (const auto* elements = std::get_if<node::array>(&x.value)) {
    auto out = json::array();
    for (const auto& e : *elements)
      out.push_back(to_json(e));
    return out;
  }
  if (const auto* b = std::get_if<bool>(&x.value))
    return *b;
  if (const auto* s = std::get_if<std::string>(&x.value))
    return *s;
  if (const auto* d = std::get_if<double>(&x.value)) {
    // Whole numbers as people write them: 3, not 3.0.
    if (*d >= -9e15 && *d <= 9e15
        && *d == static_cast<double>(static_cast<std::int64_t>(*d)))
      return static_cast<std::int64_t>(*d);
    return *d;
  }
  return nullptr;
}

} // namespace

const node* node::find(std::string_view key) const {
  if (const auto* all = members())
    for (const auto& m : *all)
      if (m.key == key)
        return &m.value;
  return nullptr;
}

std::string operator/(const std::string& pointer, std::string_view step) {
  auto out = pointer + '/';
  for (auto c : step) {
    if (c == '~')
      out += "~0";
    else if (c == '/')
      out += "~1";
    else
      out += c;
  }
  return out;
}

std::string shown(const node& x) {
  if (const auto* s = std::get_if<std::string>(&x.value))
    return quote(*s);
  using json = nlohmann::ordered_json;
  auto text = to_json(x).dump(-1, ' ', true, json::error_handler_t::replace);
  if (text.size() > max_shown) {
    text.resize(max_shown);
    text += "…";
  }
  return text;
}

const char* kind_of(const node& x) {
  static constexpr const char* kinds[]
    = {"null", "true or false", "a number", "a text", "a list", "an object"};
  return kinds[x.value.index()];
}

void lay_over(node& base, const node& over) {
  auto* to = std::get_if<node::object>(&base.value);
  const auto* from = over.members();
  if (to == nullptr || from == nullptr) {
    base = over;
    return;
  }
  for (const auto& m : *from) {
    auto i = std::find_if(to->begin(), to->end(),
                          [&](const member& x) { return x.key == m.key; });
    if (i == to->end()) {
      to->push_back(m);
      continue;
    }
    i->where = m.where;
    lay_over(i->value, m.value);
  }
}

} // namespace riskbreaker::config
