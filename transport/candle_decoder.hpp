#pragma once

#include "core/market/candle.hpp"
#include "core/market/refusal.hpp"

#include <memory>
#include <string_view>

namespace riskbreaker::transport {

/// A candle as it stood in a message; the texts are views into the frame.
struct decoded_candle {
  std::string_view pair;
  std::string_view timeframe;
  core::candle bar;
  bool closed = true;
  bool history = false;
  std::string_view text; ///< this candle's own text, for an excerpt
};

/// Takes what a frame holds, in order.
class candle_sink {
public:
  virtual ~candle_sink() = default;
  virtual void on_candle(const decoded_candle& x) = 0;
  /// `excerpt` is the offending candle's text, or the whole frame's.
  virtual void on_refusal(const core::refusal& x, std::string_view excerpt) = 0;
};

/// Turns one frame into candles and refusals: JSON or MessagePack, in all three
/// forms of the contract. A bad candle does not touch its neighbours.
class candle_decoder {
public:
  virtual ~candle_decoder() = default;

  /// `raw_batch::padding` bytes behind `frame` must be readable.
  virtual void decode(std::string_view frame, candle_sink& sink) = 0;
};

std::unique_ptr<candle_decoder> make_candle_decoder();

} // namespace riskbreaker::transport
