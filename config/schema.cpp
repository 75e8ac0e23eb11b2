#include "config/schema.hpp"

#include "config/fields.hpp"

#include <nlohmann/json.hpp>

#include <cmath>

namespace riskbreaker::config {

namespace {

using json = nlohmann::ordered_json;

json whole_if_possible(double x) {
  if (x == std::floor(x) && std::abs(x) < 9e15)
    return static_cast<std::int64_t>(x);
  return x;
}

json type_of(const char* name, bool nullable) {
  return nullable ? json{name, "null"} : json(name);
}

json empty_object(const char* about) {
  return {{"type", "object"},
          {"description", about},
          {"additionalProperties", false},
          {"properties", json::object()}};
}

class schema_maker : public field_visitor {
public:
  explicit schema_maker(json& top) : stack_{&top} {
    // nop
  }

  void enter(const char* key, const char* about) override {
    stack_.push_back(&put(key, empty_object(about)));
  }
  void leave() override {
    stack_.pop_back();
  }
  void flag(const char* key, const char* about, bool& x) override {
    put(key, {{"type", "boolean"}, {"description", about}, {"default", x}});
  }
  void number(const number_field& x) override {
    auto& s = put(
      x.key, {{"type", type_of(x.whole ? "integer" : "number", x.nullable)},
              {"description", x.about}});
    const auto& r = x.allowed;
    s[r.above_min ? "exclusiveMinimum" : "minimum"] = whole_if_possible(r.min);
    s[r.below_max ? "exclusiveMaximum" : "maximum"] = whole_if_possible(r.max);
    auto value = x.get();
    s["default"] = value ? whole_if_possible(*value) : json(nullptr);
  }
  void text(const text_field& x) override {
    auto& s = put(x.key, {{"type", type_of("string", x.nullable)},
                          {"description", x.about}});
    if (!x.choices.empty())
      s["enum"] = x.choices;
    auto value = x.get();
    if (x.required)
      (*stack_.back())["required"].push_back(x.key);
    else
      s["default"] = value ? json(*value) : json(nullptr);
  }
  void list(const list_field& x) override {
    auto items = json{{"type", "string"}};
    if (!x.choices.empty())
      items["enum"] = x.choices;
    auto& s = put(x.key, {{"type", "array"},
                          {"description", x.about},
                          {"items", items},
                          {"uniqueItems", true}});
    if (!x.may_be_empty) {
      s["minItems"] = 1;
      s["default"] = x.get();
    }
  }
  bool enter_optional(const char* key, const char* about, bool) override {
    enter(key, about);
    stack_.back()->at("type") = {"object", "null"};
    return true;
  }
  void table(const char* key, const char* about, table_kind kind) override {
    json below;
    if (kind == table_kind::endpoints)
      below = described(endpoint_entry{});
    else
      below = described(default_strategy({}));
    put(key, {{"type", "object"},
              {"description", about},
              {"propertyNames", {{"pattern", "^[A-Za-z0-9_-]{1,64}$"}}},
              {"additionalProperties", std::move(below)}});
  }
  void defaults(const char* key, const char* about) override {
    auto below = described(default_strategy({}));
    below["description"] = about;
    put(key, std::move(below));
  }

private:
  template <class T>
  static json described(T x) {
    auto out = empty_object("");
    out.erase("description");
    schema_maker sub{out};
    describe(sub, x);
    return out;
  }

  json& put(const char* key, json x) {
    auto& properties = (*stack_.back())["properties"];
    return properties[key] = std::move(x);
  }

  std::vector<json*> stack_;
};

} // namespace

std::string make_schema() {
  json top = {{"$schema", "http://json-schema.org/draft-07/schema#"},
              {"title", "riskbreaker configuration"}};
  top.update(empty_object("Durations are seconds. Comments (// and /* */) and "
                          "trailing commas are allowed in the file."));
  top["properties"]["$schema"] = {{"type", "string"}};
  settings all;
  schema_maker v{top};
  describe(v, all);
  return top.dump(2) + '\n';
}

} // namespace riskbreaker::config
