#pragma once

#include "core/market/refusal.hpp"
#include "transport/candle_decoder.hpp"
#include "transport/reactor.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

/// Keeps what a decoder finds: everything in `log`, in order, as one line each.
struct collecting_sink final : riskbreaker::transport::candle_sink {
  struct kept {
    std::string pair;
    std::string timeframe;
    riskbreaker::core::candle bar;
    bool closed = true;
    bool history = false;
  };

  void on_candle(const riskbreaker::transport::decoded_candle& x) override {
    candles.push_back({std::string{x.pair}, std::string{x.timeframe}, x.bar,
                       x.closed, x.history});
    log.push_back("candle");
  }

  void on_refusal(const riskbreaker::core::refusal& x,
                  std::string_view excerpt) override {
    refusals.push_back(x);
    excerpts.emplace_back(excerpt);
    log.push_back(reason(x.reason));
  }

  // Own names, so that the tests need nothing of core but its headers.
  static std::string reason(riskbreaker::core::refusal_reason x) {
    using enum riskbreaker::core::refusal_reason;
    switch (x) {
      case malformed:
        return "malformed";
      case missing_field:
        return "missing_field";
      case not_a_number:
        return "not_a_number";
      case bad_time:
        return "bad_time";
      default:
        return "other";
    }
  }

  std::vector<kept> candles;
  std::vector<riskbreaker::core::refusal> refusals;
  std::vector<std::string> excerpts;
  std::vector<std::string> log;
};

/// Decodes one frame as it would lie in a batch: something else behind it.
inline collecting_sink decode(std::string_view frame,
                              riskbreaker::transport::candle_decoder& decoder) {
  std::string buffer{frame};
  buffer.append(riskbreaker::transport::raw_batch::padding, '}');
  collecting_sink sink;
  decoder.decode({buffer.data(), frame.size()}, sink);
  return sink;
}

inline collecting_sink decode(std::string_view frame) {
  const auto decoder = riskbreaker::transport::make_candle_decoder();
  return decode(frame, *decoder);
}

inline std::string msgpack(const nlohmann::json& x) {
  const auto bytes = nlohmann::json::to_msgpack(x);
  return {bytes.begin(), bytes.end()};
}

inline constexpr char good_candle[]
  = R"({"pair":"BTC/USDT","timeframe":"5m","time":1700000100000,)"
    R"("open":100.5,"high":101,"low":99.25,"close":100,"volume":12.5})";

/// The good candle with `field` set to the JSON text `value`.
inline std::string candle_with(const std::string& field,
                               const std::string& value) {
  const auto names
    = {"pair", "timeframe", "time", "open", "high", "low", "close", "volume"};
  const auto good = nlohmann::json::parse(good_candle);
  std::string result = "{";
  for (const auto* name : names)
    result += '"' + std::string{name}
              + "\":" + (name == field ? value : good[name].dump()) + ',';
  if (!good.contains(field))
    result += '"' + field + "\":" + value + ',';
  result.back() = '}';
  return result;
}

/// The good candle without one of its fields.
inline std::string candle_without(const std::string& field) {
  auto x = nlohmann::json::parse(good_candle);
  x.erase(field);
  return x.dump();
}
