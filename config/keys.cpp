#include "config/keys.hpp"

#include "config/fields.hpp"

namespace riskbreaker::config {

namespace {

using kind = key_node::kind;

class collector : public field_visitor {
public:
  explicit collector(key_node& top) : stack_{&top} {
    // nop
  }

  void enter(const char* key, const char*) override {
    stack_.push_back(&add(key, kind::section));
  }
  void leave() override {
    stack_.pop_back();
  }
  void flag(const char* key, const char*, bool&) override {
    add(key, kind::leaf);
  }
  void number(const number_field& x) override {
    add(x.key, kind::leaf);
  }
  void text(const text_field& x) override {
    add(x.key, kind::leaf);
  }
  void list(const list_field& x) override {
    add(x.key, kind::leaf);
  }
  bool enter_optional(const char* key, const char* about, bool) override {
    enter(key, about);
    return true;
  }
  void table(const char* key, const char*, table_kind what) override {
    auto& here = add(key, kind::table);
    if (what == table_kind::endpoints)
      fill<endpoint_entry>(here);
    else
      fill<core::strategy>(here);
  }
  void defaults(const char* key, const char*) override {
    fill<core::strategy>(add(key, kind::section));
  }

private:
  // The reference holds until a brother is added.
  key_node& add(const char* key, kind what) {
    return stack_.back()->children.emplace_back(key_node{key, what, {}});
  }

  template <class T>
  static void fill(key_node& to) {
    T example;
    collector below{to};
    describe(below, example);
  }

  std::vector<key_node*> stack_;
};

void search(const key_node& in, std::string_view name, const std::string& path,
            std::vector<std::string>& out) {
  for (const auto& x : in.children) {
    if (x.name == name && !path.empty())
      out.push_back(path);
    auto below = path.empty() ? x.name : path + '.' + x.name;
    // What holds for all strategies is not worth a second mention.
    if (below != "defaults")
      search(x, name, x.what == kind::table ? below + ".NAME" : below, out);
  }
}

} // namespace

std::vector<std::string> key_node::child_names() const {
  std::vector<std::string> out;
  for (const auto& x : children)
    out.push_back(x.name);
  return out;
}

const key_node& known_keys() {
  static const auto all = [] {
    key_node top;
    settings example;
    collector v{top};
    describe(v, example);
    return top;
  }();
  return all;
}

std::vector<std::string> places_of(std::string_view name) {
  std::vector<std::string> out;
  search(known_keys(), name, "", out);
  return out;
}

} // namespace riskbreaker::config
