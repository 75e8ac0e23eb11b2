#pragma once

#include "config/node.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace riskbreaker::config {

/// A text with its name, as it goes into messages.
struct source {
  std::string name;
  std::string text;
};

/// Parses JSON with comments and trailing commas into values that know where
/// they stand. Nothing when the text is no JSON or is no object; a key that
/// stands twice in one object is an error too.
std::optional<node> parse_file(const source& from, findings& out);

/// Parses the value of an environment variable: JSON if it is JSON, else a
/// text. `pointer` is where in the configuration it goes.
std::optional<node> parse_variable(const source& from,
                                   const std::string& pointer, findings& out);

} // namespace riskbreaker::config
