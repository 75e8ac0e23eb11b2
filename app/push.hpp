#pragma once

#include "app/console.hpp"
#include "app/curve_options.hpp"

#include <CLI/CLI.hpp>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace riskbreaker::app {

struct push_options {
  std::vector<std::string> files; ///< or one "-": NDJSON on standard input
  std::string connect = "tcp://127.0.0.1:5555";
  curve_options curve{};
  double rate = 0; ///< candles a second; 0: as fast as the daemon takes them
  std::string pair;
  std::string timeframe;
  std::uint64_t history = 0;
  std::uint64_t block = 0;
  bool follow = false; ///< waits for more rows of CSV files, until a signal
  double timeout = 10; ///< seconds
};

/// Sends candles to a daemon. A row that is no candle is named on `err`, left
/// out and does not change the exit code, unless nothing else was there.
int run_push(const push_options& options, console con = standard_console());

/// `push`: declares the command; its callback sets `selected`.
void add_push_command(CLI::App& root, std::function<int()>& selected);

} // namespace riskbreaker::app
