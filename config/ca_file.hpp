#pragma once

#include "config/node.hpp"
#include "config/settings.hpp"

namespace riskbreaker::config {

/// Makes the path of `llm.ca_file`, if any, absolute (see `resolved`) and looks
/// whether certificates are in it: a call must not be the first to find out.
/// `root` is the whole configuration.
void check_ca_file(llm_settings& x, const node& root, findings& out);

} // namespace riskbreaker::config
