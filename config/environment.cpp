#include "config/environment.hpp"

#include "config/keys.hpp"
#include "config/parse.hpp"

#include <algorithm>
#include <cctype>
#include <optional>
#include <unistd.h>

namespace riskbreaker::config {

namespace {

constexpr std::string_view prefix = "RISKBREAKER__";
constexpr std::string_view separator = "__";

std::string upper(std::string_view x) {
  std::string out{x};
  for (auto& c : out)
    c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return out;
}

// How well a name of the configuration fits one in a variable; 0: not at all.
int likeness(std::string_view wanted, std::string_view name) {
  if (wanted == name)
    return 3;
  auto a = upper(wanted);
  auto b = upper(name);
  if (a == b)
    return 2;
  std::replace(b.begin(), b.end(), '-', '_');
  return a == b ? 1 : 0;
}

struct match {
  std::string name;
  std::string_view rest; ///< behind the separator
  bool at_end = false;
};

// Finds the names that `text` can begin with, the best alone. A name may hold
// the separator itself, so a longer one that fits is meant.
std::vector<match> matches(std::string_view text,
                           const std::vector<std::string>& names) {
  std::vector<match> best;
  std::pair<std::size_t, int> best_rank{0, 0};
  for (const auto& name : names) {
    if (text.size() < name.size())
      continue;
    auto rest = text.substr(name.size());
    if (!rest.empty() && !rest.starts_with(separator))
      continue;
    auto like = likeness(text.substr(0, name.size()), name);
    std::pair rank{name.size(), like};
    if (like == 0 || rank < best_rank)
      continue;
    if (rank > best_rank)
      best.clear();
    best_rank = rank;
    auto at_end = rest.empty();
    best.push_back({name, at_end ? rest : rest.substr(2), at_end});
  }
  return best;
}

class resolver {
public:
  resolver(const node& root, const std::string& variable, findings& out)
    : root_(root), variable_(variable), out_(out) {
    // nop
  }

  /// The keys that the variable names, outermost first.
  std::optional<std::vector<std::string>> path() {
    const auto* keys = &known_keys();
    const auto* values = &root_;
    std::string_view rest{variable_};
    rest.remove_prefix(prefix.size());
    std::vector<std::string> result;
    auto names = keys->child_names();
    for (auto in_table = false;;) {
      auto found = matches(rest, names);
      if (found.size() != 1)
        return fail(rest, names, in_table, found);
      const auto& m = found.front();
      result.push_back(m.name);
      values = values != nullptr ? values->find(m.name) : nullptr;
      if (!in_table) {
        auto same = [&](const key_node& x) {
          return x.name == m.name;
        };
        keys
          = &*std::find_if(keys->children.begin(), keys->children.end(), same);
      }
      pointer_ = pointer_ / m.name;
      said_ += upper(m.name) + std::string{separator};
      if (m.at_end)
        return result;
      if (!in_table && keys->what == key_node::kind::leaf) {
        error("nothing stands below this key");
        return std::nullopt;
      }
      in_table = !in_table && keys->what == key_node::kind::table;
      names = in_table ? names_in(values) : keys->child_names();
      rest = m.rest;
    }
  }

private:
  static std::vector<std::string> names_in(const node* table) {
    std::vector<std::string> out;
    if (table != nullptr && table->members() != nullptr)
      for (const auto& m : *table->members())
        out.push_back(m.key);
    return out;
  }

  std::nullopt_t fail(std::string_view rest,
                      const std::vector<std::string>& names, bool in_table,
                      const std::vector<match>& found) {
    if (found.size() > 1) {
      error(quote(rest) + " can mean " + quote(found[0].name) + " or "
            + quote(found[1].name) + "; write it exactly as in the file");
      return std::nullopt;
    }
    auto word = rest.substr(0, rest.find(separator));
    auto text = std::string{in_table ? "no file has the name " : "unknown key "}
                + quote(word);
    if (auto near = nearest(word, names); !near.empty())
      text += "; did you mean " + said_ + upper(near)
              + std::string{rest.substr(word.size())} + "?";
    if (text.back() != '?')
      text += ';';
    text += names.empty() ? " there is nothing to choose from"
                          : " known here: " + joined(names);
    error(text);
    return std::nullopt;
  }

  void error(std::string message) {
    out_.error({std::make_shared<const std::string>(variable_), 0, 0}, pointer_,
               std::move(message));
  }

  const node& root_;
  const std::string& variable_;
  findings& out_;
  std::string pointer_;
  std::string said_{prefix};
};

struct assignment {
  std::string variable;
  std::vector<std::string> path;
  std::string value;
};

// The objects around `value`, so that it can be laid over the whole.
node wrapped(const std::vector<std::string>& path, node value) {
  for (auto depth = path.size(); depth-- > 0;) {
    node outer;
    outer.where = value.where;
    for (std::size_t i = 0; i < depth; ++i)
      outer.pointer = outer.pointer / path[i];
    auto where = value.where;
    outer.value = node::object{{path[depth], where, std::move(value)}};
    value = std::move(outer);
  }
  return value;
}

} // namespace

environment process_environment() {
  environment out;
  for (auto** i = ::environ; i != nullptr && *i != nullptr; ++i) {
    std::string_view line{*i};
    if (auto equals = line.find('='); equals != line.npos)
      out.emplace(line.substr(0, equals), line.substr(equals + 1));
  }
  return out;
}

void apply_environment(node& root, const environment& env, findings& out) {
  std::vector<assignment> all;
  for (auto i = env.lower_bound(std::string{prefix});
       i != env.end() && i->first.starts_with(prefix); ++i)
    if (auto path = resolver{root, i->first, out}.path())
      all.push_back({i->first, std::move(*path), i->second});
  // A single key wins over the section that it stands in.
  std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) {
    return a.path.size() < b.path.size();
  });
  for (std::size_t i = 0; i < all.size(); ++i) {
    auto origin_of = std::make_shared<const std::string>(all[i].variable);
    std::string pointer;
    for (const auto& step : all[i].path)
      pointer = pointer / step;
    auto twin
      = std::find_if(all.begin(), all.begin() + static_cast<long>(i),
                     [&](const auto& x) { return x.path == all[i].path; });
    if (twin != all.begin() + static_cast<long>(i))
      out.error({origin_of, 0, 0}, pointer,
                twin->variable + " sets this key too; unset one of them");
    auto value = parse_variable({all[i].variable, all[i].value}, pointer, out);
    if (value)
      lay_over(root, wrapped(all[i].path, std::move(*value)));
  }
}

} // namespace riskbreaker::config
