#pragma once

#include "transport/control_codec.hpp"

#include <cstddef>
#include <string_view>
#include <variant>

namespace riskbreaker::transport {

/// Larger requests are refused unread.
inline constexpr std::size_t max_control_request = 1u << 20;

/// Larger marks (`id`) are refused: each comes back in the reply.
inline constexpr std::size_t max_control_id = 1'024;

/// Reads one control request. Any bytes are taken; every mistake comes back as
/// an error that says what would be right, with the request's `id` if that
/// could be read.
std::variant<control_command, control_error>
read_control_request(std::string_view body);

} // namespace riskbreaker::transport
