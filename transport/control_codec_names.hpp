#pragma once

#include "transport/control_codec.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace riskbreaker::transport {

std::optional<control_command::kind> find_command(std::string_view name);

/// Whether `name` is an action of `breaker`.
bool is_action(std::string_view name);

/// "ping, status, …", for error messages.
std::string valid_commands();

/// What to answer to a command that there is not, with the nearest there is.
std::string unknown_command(std::string_view name);

/// `text` in quotes, cut so that an error stays one readable line.
std::string shown_text(std::string_view text);

} // namespace riskbreaker::transport
