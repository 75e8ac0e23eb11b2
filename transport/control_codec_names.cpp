#include "transport/control_codec_names.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <utility>
#include <vector>

namespace riskbreaker::transport {

namespace {

using kind = control_command::kind;

struct command_name {
  std::string_view name;
  kind what;
};

constexpr std::array<command_name, 10> commands{{
  {"ping", kind::ping},
  {"status", kind::status},
  {"series", kind::series},
  {"stats", kind::stats},
  {"breaker", kind::breaker},
  {"reload", kind::reload},
  {"config", kind::config},
  {"assess", kind::assess},
  {"history", kind::history},
  {"log_level", kind::log_level},
}};

constexpr std::array<std::string_view, 4> actions{"reset", "force_open",
                                                  "force_closed", "auto"};

/// How many letters must change to make one word of the other.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    auto diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < b.size(); ++j) {
      auto best = std::min(
        {row[j] + 1, row[j + 1] + 1, diagonal + (a[i] == b[j] ? 0 : 1)});
      diagonal = std::exchange(row[j + 1], best);
    }
  }
  return row.back();
}

} // namespace

std::optional<kind> find_command(std::string_view name) {
  auto found = std::find_if(commands.begin(), commands.end(),
                            [&](const auto& x) { return x.name == name; });
  return found == commands.end() ? std::nullopt : std::optional{found->what};
}

bool is_action(std::string_view name) {
  return std::find(actions.begin(), actions.end(), name) != actions.end();
}

std::string shown_text(std::string_view text) {
  constexpr std::size_t longest = 64;
  if (text.size() <= longest)
    return '"' + std::string{text} + '"';
  return '"' + std::string{text.substr(0, longest)} + "…\"";
}

std::string valid_commands() {
  std::string all;
  for (const auto& x : commands)
    all.append(all.empty() ? "" : ", ").append(x.name);
  return all;
}

std::string unknown_command(std::string_view name) {
  auto message = "cmd " + shown_text(name) + " is not known";
  const auto valid = "; valid commands: " + valid_commands();
  if (is_action(name))
    return message + " (it is an action of cmd \"breaker\")" + valid;
  auto closer = [&](const command_name& a, const command_name& b) {
    return distance(a.name, name) < distance(b.name, name);
  };
  if (name.size() <= 16) {
    auto best = std::min_element(commands.begin(), commands.end(), closer);
    if (distance(best->name, name) <= 2)
      message += " (did you mean " + shown_text(best->name) + "?)";
  }
  return message + valid;
}

} // namespace riskbreaker::transport
