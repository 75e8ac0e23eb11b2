#pragma once

#include "app/console.hpp"
#include "app/ctl.hpp"

#include <memory>
#include <string>
#include <vector>

namespace riskbreaker::app {

struct export_options {
  std::string journal;             ///< the file; empty: as follows
  std::vector<std::string> config; ///< names the file; empty: ask the daemon
  std::string strategy;
  std::string pair;
  std::string timeframe;
  std::string from; ///< ISO-8601 or ms; a date or time without zone is UTC
  std::string to;   ///< likewise, exclusive
  bool json = false;
};

/// Writes the scores of past final assessments, a row a candle, in the columns
/// of `riskbreaker score` and some more. Reads the file of the journal, so no
/// daemon is needed; `ask` says how to reach one that knows where it is.
int run_export(const export_options& options, const ctl_options& ask,
               console con = standard_console());

/// `ctl export`: declares the command; its callback sets `selected`.
void add_export_command(CLI::App& ctl, std::function<int()>& selected,
                        std::shared_ptr<ctl_options> ask);

} // namespace riskbreaker::app
