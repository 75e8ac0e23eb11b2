#pragma once

#include "app/console.hpp"
#include "app/curve_options.hpp"

#include <CLI/CLI.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace riskbreaker::app {

struct watch_options {
  std::vector<std::string> topics; ///< prefixes; none: everything
  std::string connect = "tcp://127.0.0.1:5556";
  curve_options curve{};
  bool json = false; ///< also when the output is no terminal
  std::optional<std::uint64_t> count;
  std::optional<double> seconds;
};

/// Prints what a daemon publishes until `count` messages have come, the time is
/// up, or a signal says so. 1 when `count` was not reached.
int run_watch(const watch_options& options, console con = standard_console());

/// `watch`: declares the command; its callback sets `selected`.
void add_watch_command(CLI::App& root, std::function<int()>& selected);

} // namespace riskbreaker::app
