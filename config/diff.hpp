#pragma once

#include "config/settings.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace riskbreaker::config {

/// One difference between two configurations. Values are compact JSON, secrets
/// masked; absent where the key is not there at all.
struct change {
  std::string pointer;
  std::optional<std::string> before;
  std::optional<std::string> after;
  bool needs_restart = false;

  friend bool operator==(const change&, const change&) = default;
};

/// What is different, in the order of the file. A strategy or endpoint that
/// came or went is one change. A secret that changed behind the same name shows
/// as `api_key` or `token`.
std::vector<change> diff(const settings& before, const settings& after);

/// Whether a key takes effect with a restart only: everything but strategies
/// and endpoints, which a reload replaces.
bool needs_restart(std::string_view pointer);

} // namespace riskbreaker::config
