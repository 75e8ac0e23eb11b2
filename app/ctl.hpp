#pragma once

#include "app/console.hpp"
#include "app/curve_options.hpp"

#include <CLI/CLI.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace riskbreaker::app {

struct ctl_options {
  std::string connect = "tcp://127.0.0.1:5557";
  curve_options curve{};
  double timeout = 5; ///< seconds
  bool json = false;  ///< also when the output is no terminal

  std::string command; ///< as typed: "status", "open", …
  std::string strategy;
  std::string pair;
  std::string timeframe;
  std::optional<std::uint64_t> limit;
  std::string level;
};

/// The request for section 4 of the contract, as JSON text.
std::string control_request(const ctl_options& options);

/// Asks a daemon's control socket and prints the answer: a table or indented
/// JSON on a terminal, the reply as it came elsewhere. 1 when nobody answers in
/// time or the answer is an error.
int run_ctl(const ctl_options& options, console con = standard_console());

/// `ctl`: declares the command; its callback sets `selected`.
void add_ctl_command(CLI::App& root, std::function<int()>& selected);

} // namespace riskbreaker::app
