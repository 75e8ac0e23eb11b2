#pragma once

#include "config/node.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace riskbreaker::config {

/// Parses strict JSON, valid UTF-8, into values that know where they stand:
/// in `original`, which is the text before anything was blanked. With line 0,
/// `base` is the one place of all values. `pointer` is where in the
/// configuration the whole goes. A key that stands twice in one object is
/// reported, and reading goes on.
std::optional<node> build_tree(std::string_view text, std::string_view original,
                               const origin& base, const std::string& pointer,
                               findings& out);

} // namespace riskbreaker::config
