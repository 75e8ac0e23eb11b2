#pragma once

#include <CLI/CLI.hpp>

#include <functional>
#include <string>

namespace riskbreaker::app {

// Scripts that complete commands, options and their fixed values; made from
// what the command line itself declares, so they cannot know others.
std::string bash_completion(const CLI::App& root);
std::string zsh_completion(const CLI::App& root);
std::string fish_completion(const CLI::App& root);

/// `completion`: prints one of them. Add it last: it knows all the others.
void add_completion_command(CLI::App& root, std::function<int()>& selected);

} // namespace riskbreaker::app
