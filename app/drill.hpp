#pragma once

#include "app/console.hpp"
#include "app/curve_options.hpp"

#include <CLI/CLI.hpp>

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace riskbreaker::app {

struct drill_options {
  /// Of the daemon that the drill starts for itself; none: a small one.
  std::vector<std::string> files;
  bool quick = false; ///< shortens that daemon's times to seconds

  /// A running daemon's LLM, a `riskbreaker mock-llm`; empty: own daemon.
  std::string simulator;
  std::string connect = "tcp://127.0.0.1:5557"; ///< its control socket
  curve_options curve{};

  std::string strategy;  ///< empty: the one that asks an LLM
  std::string pair;      ///< empty: the series with the newest candle
  std::string timeframe; ///< as `pair`
  std::string fault = "status:503"; ///< in `mock-llm`'s words
  std::optional<double> interval;   ///< seconds between two requests
  std::optional<double> hold;       ///< seconds that the LLM stays broken, open
  double patience = 900;            ///< seconds to wait for each change
  bool json = false;
};

/// Breaks the LLM, watches the breaker, mends the LLM, and tells how the daemon
/// did. 0 if every request was answered, the breaker opened and recovered.
int run_drill(const drill_options& options, console con = standard_console());

/// `drill`: declares the command; its callback sets `selected`.
void add_drill_command(CLI::App& root, std::function<int()>& selected);

} // namespace riskbreaker::app
