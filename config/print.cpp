#include "config/print.hpp"

#include "config/fields.hpp"

#include <nlohmann/json.hpp>

#include <cmath>

namespace riskbreaker::config {

namespace {

using json = nlohmann::ordered_json;

// 3, not 3.0, where a number is whole.
json to_json(double x) {
  if (x == std::floor(x) && std::abs(x) < 9e15)
    return static_cast<std::int64_t>(x);
  return x;
}

class printer : public field_visitor {
public:
  explicit printer(const settings& all) : all_(all) {
    // nop
  }

  void enter(const char* key, const char*) override {
    auto& here = *stack_.back();
    here[key] = json::object();
    stack_.push_back(&here[key]);
  }
  void leave() override {
    stack_.pop_back();
  }
  void flag(const char* key, const char*, bool& x) override {
    put(key, x);
  }
  void number(const number_field& x) override {
    auto value = x.get();
    put(x.key, value ? to_json(*value) : json(nullptr));
  }
  void text(const text_field& x) override {
    auto value = x.get();
    put(x.key, !value     ? json(nullptr)
               : x.secret ? json(masked_secret)
                          : json(*value));
  }
  void list(const list_field& x) override {
    put(x.key, x.get());
  }
  bool enter_optional(const char* key, const char* about, bool there) override {
    if (there)
      enter(key, about);
    else
      put(key, nullptr);
    return there;
  }
  void table(const char* key, const char*, table_kind kind) override {
    auto out = json::object();
    const auto& from = all_.strategies;
    if (kind == table_kind::strategies)
      for (const auto& s : from.strategies)
        out[s->name] = printed(*s);
    else
      for (const auto& [name, e] : from.endpoints) {
        endpoint_entry x{*e, {}};
        if (auto i = all_.key_sources.find(name); i != all_.key_sources.end())
          x.key = i->second;
        out[name] = printed(std::move(x));
      }
    put(key, std::move(out));
  }
  void defaults(const char*, const char*) override {
    // nop: every strategy is shown in full
  }

  json result = json::object();

private:
  template <class T>
  json printed(T x) const {
    printer sub{all_};
    describe(sub, x);
    return std::move(sub.result);
  }

  void put(const char* key, json x) {
    (*stack_.back())[key] = std::move(x);
  }

  const settings& all_;
  std::vector<json*> stack_{&result};
};

} // namespace

nlohmann::ordered_json effective(const settings& x) {
  auto copy = x; // the visitor could change what it sees
  printer v{x};
  describe(v, copy);
  return std::move(v.result);
}

std::string print_effective(const settings& x) {
  return effective(x).dump(2, ' ', false, json::error_handler_t::replace)
         + '\n';
}

} // namespace riskbreaker::config
