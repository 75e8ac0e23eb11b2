#pragma once

#include "app/console.hpp"

#include <CLI/CLI.hpp>

#include <functional>
#include <string>

namespace riskbreaker::app {

struct keygen_options {
  std::string name; ///< a path without its ending
  bool force = false;
};

/// Makes a CURVE key pair: NAME.key for others, NAME.key_secret (0600) for its
/// owner, in the format of CZMQ and pyzmq. Does not replace files unless
/// forced.
int run_keygen(const keygen_options& options, console con = standard_console());

/// `keygen`: declares the command; its callback sets `selected`.
void add_keygen_command(CLI::App& root, std::function<int()>& selected);

} // namespace riskbreaker::app
