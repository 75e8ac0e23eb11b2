#pragma once

#include "transport/candle_decoder.hpp"

namespace riskbreaker::transport {

/// The MessagePack half of the candle decoder, for the same structure as in
/// JSON. Of a doubled key the last value counts. Meant for convenience, not for
/// speed: a frame becomes a tree first.
void decode_msgpack_candles(std::string_view frame, candle_sink& sink);

} // namespace riskbreaker::transport
