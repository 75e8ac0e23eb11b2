#pragma once

#include "core/market/candle.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace riskbreaker::app {

/// A message for the daemon, and how many candles it holds.
struct candle_frame {
  std::string text;
  std::uint64_t candles = 0;
  bool history = false;
};

struct candle_framer_config {
  /// The first so many candles of each series go as `history`: they warm the
  /// indicators up and ask for nothing.
  std::uint64_t history = 0;
  /// Candles a message; 0: one candle object each.
  std::uint64_t block = 0;
};

/// Turns candles into messages, keeping the order within each series.
class candle_framer {
public:
  explicit candle_framer(candle_framer_config config) : config_(config) {
    // nop
  }

  /// Takes a candle; returns the message that it completes, if it does.
  std::optional<candle_frame> add(std::string_view pair,
                                  std::string_view timeframe,
                                  const core::candle& bar);

  /// What waits for a block to become full.
  std::vector<candle_frame> flush();

private:
  struct pending {
    std::uint64_t history_left = 0;
    std::uint64_t count = 0;
    bool history = false;
    std::string rows;
  };
  using key = std::pair<std::string, std::string>;

  static candle_frame take(const key& name, pending& x);
  pending& series_of(std::string_view pair, std::string_view timeframe);

  candle_framer_config config_;
  std::map<key, pending> series_;
  key last_key_;
  pending* last_ = nullptr; ///< files are sorted by series: no need to search
};

} // namespace riskbreaker::app
