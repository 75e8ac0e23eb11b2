#include "transport/candle_decoder.hpp"

#include "transport/candle_decoder_json.hpp"
#include "transport/candle_decoder_msgpack.hpp"

namespace riskbreaker::transport {

namespace {

class frame_decoder final : public candle_decoder {
public:
  void decode(std::string_view frame, candle_sink& sink) override {
    if (frame.empty()) {
      sink.on_refusal({core::refusal_reason::malformed, "the frame is empty"},
                      frame);
    } else if (frame.front() == '{' || frame.front() == '[') {
      json_.decode(frame, sink);
    } else {
      decode_msgpack_candles(frame, sink);
    }
  }

private:
  json_candle_decoder json_;
};

} // namespace

std::unique_ptr<candle_decoder> make_candle_decoder() {
  return std::make_unique<frame_decoder>();
}

} // namespace riskbreaker::transport
