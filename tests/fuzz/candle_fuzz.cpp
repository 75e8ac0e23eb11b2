#include "transport/candle_decoder.hpp"
#include "transport/excerpt.hpp"
#include "transport/reactor.hpp"

#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <string>

// Any bytes at all as a candle frame, JSON and MessagePack: what comes out is
// finite numbers or refusals with an excerpt that can be shown.

namespace {

using namespace riskbreaker;

void expect(bool x) {
  if (!x)
    std::abort();
}

struct checking_sink final : transport::candle_sink {
  void on_candle(const transport::decoded_candle& x) override {
    for (const double value :
         {x.bar.open, x.bar.high, x.bar.low, x.bar.close, x.bar.volume})
      expect(std::isfinite(value));
    bytes += x.pair.size() + x.timeframe.size();
    ++found;
  }

  void on_refusal(const core::refusal& x, std::string_view excerpt) override {
    expect(!x.detail.empty());
    expect(transport::printable_excerpt(excerpt).size() <= 4 * 512);
    ++found;
  }

  std::size_t bytes = 0;
  std::size_t found = 0;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  static const auto decoder = transport::make_candle_decoder();
  std::string buffer{reinterpret_cast<const char*>(data), size};
  buffer.append(transport::raw_batch::padding, '\0');
  checking_sink sink;
  decoder->decode({buffer.data(), size}, sink);
  return 0;
}
