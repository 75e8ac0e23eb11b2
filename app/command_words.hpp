#pragma once

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

namespace riskbreaker::app {

struct option_words {
  std::vector<std::string> names; ///< with their dashes
  std::string about;              ///< the first sentence, on one line
  bool takes_value = false;
  std::vector<std::string> choices; ///< empty: any value, such as a file
};

/// A command or subcommand, with all that can follow it.
struct command_words {
  std::string path; ///< "", "ctl", "ctl status"
  std::string name; ///< its last word
  std::string about;
  std::vector<option_words> options;
  std::vector<std::string> subcommands;
};

/// All commands, the root first, each before its subcommands.
std::vector<command_words> words_of(const CLI::App& root);

} // namespace riskbreaker::app
