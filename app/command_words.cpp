#include "app/command_words.hpp"

#include <algorithm>

namespace riskbreaker::app {

namespace {

/// A menu has room for a few words.
std::string short_text(std::string text) {
  auto end = std::min(
    {text.find('\n'), text.find("; "), text.find(". "), text.find(": ")});
  if (end != std::string::npos)
    text.resize(end);
  return text;
}

/// CLI11 shows a choice as "TEXT:{a,b,c}" or "{a,b,c}".
std::vector<std::string> choices_of(const std::string& type) {
  std::vector<std::string> out;
  auto begin = type.find('{');
  if (begin == std::string::npos || type.back() != '}')
    return out;
  auto list = type.substr(begin + 1, type.size() - begin - 2) + ',';
  for (std::size_t at = 0, comma = 0;
       (comma = list.find(',', at)) != std::string::npos; at = comma + 1)
    out.push_back(list.substr(at, comma - at));
  return out;
}

void collect(const CLI::App& app, const std::string& path,
             const std::vector<option_words>& inherited,
             std::vector<command_words>& out) {
  command_words x;
  x.path = path;
  x.name = app.get_name();
  x.about = short_text(app.get_description());
  x.options = inherited;
  for (const auto* option : app.get_options()) {
    option_words o;
    for (const auto& name : option->get_snames())
      o.names.push_back('-' + name);
    for (const auto& name : option->get_lnames())
      o.names.push_back("--" + name);
    if (o.names.empty())
      continue; // a positional
    o.about = short_text(option->get_description());
    o.takes_value = option->get_items_expected_max() > 0;
    o.choices = choices_of(option->get_type_name());
    auto same = [&o](const option_words& y) {
      return y.names == o.names;
    };
    if (std::none_of(x.options.begin(), x.options.end(), same))
      x.options.push_back(std::move(o));
  }
  auto subcommands = app.get_subcommands([](const CLI::App*) { return true; });
  for (const auto* sub : subcommands)
    x.subcommands.push_back(sub->get_name());
  // All but the version may stand behind the subcommand too.
  auto passed_on = x.options;
  std::erase_if(passed_on, [](const option_words& o) {
    return o.names.back() == "--version";
  });
  out.push_back(std::move(x));
  for (const auto* sub : subcommands)
    collect(*sub, path.empty() ? sub->get_name() : path + ' ' + sub->get_name(),
            passed_on, out);
}

} // namespace

std::vector<command_words> words_of(const CLI::App& root) {
  std::vector<command_words> out;
  collect(root, "", {}, out);
  return out;
}

} // namespace riskbreaker::app
