#include "config/parse.hpp"

#include "config/text.hpp"
#include "config/tree_builder.hpp"

#include <nlohmann/json.hpp>

namespace riskbreaker::config {

std::optional<node> parse_file(const source& from, findings& out) {
  std::string_view text{from.text};
  if (text.starts_with("\xEF\xBB\xBF"))
    text.remove_prefix(3);
  auto name = std::make_shared<const std::string>(from.name);
  auto fail = [&](std::size_t offset, std::string message) {
    auto [line, column] = line_map{text}.at(offset);
    out.error({name, line, column}, "", std::move(message));
    return std::nullopt;
  };
  if (auto bad = find_bad_utf8(text))
    return fail(*bad, "is not valid UTF-8 from here; save the file as UTF-8");
  auto blanked = blank_extras(text);
  if (blanked.unclosed)
    return fail(*blanked.unclosed, "this comment is not closed; add */");
  if (blanked.text.find_first_not_of(" \t\r\n") == std::string::npos) {
    out.error({name, 0, 0}, "",
              "is empty; a configuration is a JSON object, at least {}");
    return std::nullopt;
  }
  auto root = build_tree(blanked.text, text, {name, 1, 1}, "", out);
  if (root && root->members() == nullptr) {
    out.error(root->where, "",
              std::string{"must be a JSON object, is "} + kind_of(*root));
    return std::nullopt;
  }
  return root;
}

std::optional<node> parse_variable(const source& from,
                                   const std::string& pointer, findings& out) {
  origin where{std::make_shared<const std::string>(from.name), 0, 0};
  if (find_bad_utf8(from.text)) {
    out.error(where, pointer, "the variable's value is not valid UTF-8");
    return std::nullopt;
  }
  if (!nlohmann::json::accept(from.text))
    return node{where, pointer, from.text, from.text};
  auto root = build_tree(from.text, from.text, where, pointer, out);
  if (root)
    root->raw = from.text;
  return root;
}

} // namespace riskbreaker::config
