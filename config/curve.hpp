#pragma once

#include "config/node.hpp"
#include "config/settings.hpp"

#include <string>
#include <vector>

namespace riskbreaker::config {

/// Reads the key files that `transport.curve` names. Paths start at the folder
/// of the file that names them. Missing and bad ones are reported.
void fetch_curve_keys(transport_settings& x, const node& root, findings& out);

/// The files that a change of who may connect would be seen in; of a folder,
/// the key files that are in it now.
std::vector<std::string> curve_files_of(const curve_settings& x);

} // namespace riskbreaker::config
