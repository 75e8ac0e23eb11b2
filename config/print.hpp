#pragma once

#include "config/settings.hpp"

#include <nlohmann/json_fwd.hpp>

#include <string>

namespace riskbreaker::config {

/// All settings in the shape of the file, defaults filled in. Secrets do not
/// stand there, only the names of their variables and files; a token that was
/// given directly is masked. Reads back to equal settings in the same
/// environment (but for such a token, whose mask is refused).
std::string print_effective(const settings& x);

/// The same as a tree.
nlohmann::ordered_json effective(const settings& x);

} // namespace riskbreaker::config
