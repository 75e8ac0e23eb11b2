#pragma once

#include "app/console.hpp"
#include "app/score_rows.hpp"

#include <CLI/CLI.hpp>

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace riskbreaker::app {

struct score_options {
  std::vector<std::string> files; ///< or one "-": standard input
  std::string pair;
  std::string timeframe;
  score_format format;
  bool strict = false; ///< the first bad row ends the run
  std::vector<std::string> config;
  std::string strategy;               ///< of `config`
  std::optional<std::string> profile; ///< goes before the strategy's
  std::optional<std::string> side;
  std::string chart; ///< a path that ends in `.html` or `.svg`; empty: none
  std::optional<std::size_t> chart_candles; ///< of each series; the newest
};

/// Scores candle files. A row that is refused is named on `err`, left out and
/// does not change the exit code, unless nothing else was there.
int run_score(const score_options& options, console con = standard_console());

/// `score`: declares the command; its callback sets `selected`.
void add_score_command(CLI::App& root, std::function<int()>& selected);

} // namespace riskbreaker::app
