#pragma once

#include "transport/candle_decoder_json_values.hpp"

namespace riskbreaker::transport {

/// A candle, a row or the head of a block, as far as it could be read.
struct json_reading {
  decoded_candle candle;
  field_set seen;
  json_fault fault; ///< the first thing wrong with it
};

/// Reads a candle. A block looks like one with most fields missing; `seen` then
/// holds `candles`, and all of it was checked for syntax.
json_error read_candle(simdjson::ondemand::object& object, json_reading& out);

/// Reads what a block says of all its rows, and steps over the rows.
json_error read_block_head(simdjson::ondemand::object& object,
                           json_reading& out);

/// Reads a ccxt row; what stands behind the volume is ignored.
json_error read_row(simdjson::ondemand::array& row, json_reading& out);

} // namespace riskbreaker::transport
