#pragma once

#include <string_view>

namespace riskbreaker::transport {

/// Whether `text` is MessagePack of one value whose arrays and maps are nested
/// no deeper than `limit`. Never recurses deeper than that itself, so it comes
/// before any parser that trusts its input.
bool msgpack_depth_within(std::string_view text, int limit);

} // namespace riskbreaker::transport
