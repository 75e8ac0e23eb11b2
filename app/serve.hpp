#pragma once

#include <CLI/CLI.hpp>

#include <functional>
#include <string>
#include <vector>

namespace riskbreaker::app {

/// Exit codes of every command.
inline constexpr int exit_ok = 0;
inline constexpr int exit_failure = 1;
inline constexpr int exit_usage = 2;
inline constexpr int exit_bad_config = 78; ///< EX_CONFIG of sysexits.h

/// `serve`: the daemon, until SIGINT or SIGTERM; SIGHUP reloads.
void add_serve_command(CLI::App& root, std::function<int()>& selected);

/// `check`: says what is wrong with a configuration, and what it amounts to.
void add_check_command(CLI::App& root, std::function<int()>& selected);

} // namespace riskbreaker::app
