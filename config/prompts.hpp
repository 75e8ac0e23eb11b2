#pragma once

#include "config/node.hpp"
#include "core/strategy.hpp"

namespace riskbreaker::config {

/// Reads the file that `x.prompt_file` names, if any, into `x.prompt`, and
/// tries it out. `at` is the strategy's own object, laid over `defaults`. The
/// path starts at the folder of the file that names it (at the working
/// directory if the environment does) and is absolute afterwards.
void fetch_prompt(core::strategy& x, const node& at, findings& out);

} // namespace riskbreaker::config
