#pragma once

#include "transport/candle_decoder.hpp"

#include <simdjson.h>

#include <string>

namespace riskbreaker::transport {

/// The JSON half of the candle decoder, on simdjson's on-demand parser. That
/// one is lazy: it finds an error only when it gets there. A frame that is no
/// JSON must be refused whole, so lists and blocks are walked once for their
/// syntax before the first candle of them is handed over.
class json_candle_decoder {
public:
  void decode(std::string_view frame, candle_sink& sink);

private:
  simdjson::ondemand::parser parser_;
  // What a block says of all its rows; walking the rows needs the parser's own
  // space for texts.
  std::string pair_;
  std::string timeframe_;
};

} // namespace riskbreaker::transport
