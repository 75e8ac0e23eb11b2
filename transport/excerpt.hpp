#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace riskbreaker::transport {

/// The first `limit` bytes of whatever was sent to us, fit for a log line and
/// for a JSON text: bytes that are not printable UTF-8 come as `\xNN`. A
/// character that the limit cuts in two counts as not printable.
std::string printable_excerpt(std::string_view input, std::size_t limit = 512);

} // namespace riskbreaker::transport
