#pragma once

#include "app/console.hpp"

#include <chrono>
#include <cstdint>
#include <optional>

namespace riskbreaker::app {

/// A bar with rate and time left on a terminal; nothing anywhere else.
class progress_bar {
public:
  explicit progress_bar(const console& con);

  /// `share()` is how much is done, 0–1, where that is known, and is asked only
  /// when the bar is drawn: five times a second, however often this is called.
  template <class Share>
  void show(std::uint64_t candles, Share share) {
    if (due())
      draw(candles, share());
  }

  /// Takes the bar away, before other text.
  void clear();

private:
  using clock = std::chrono::steady_clock;

  bool due();
  void draw(std::uint64_t candles, std::optional<double> share);

  std::ostream& err_;
  bool enabled_;
  bool drawn_ = false;
  clock::time_point start_;
  clock::time_point next_;
};

/// The bar's text, without the codes that place it.
std::string progress_line(std::uint64_t candles, std::optional<double> share,
                          double elapsed_seconds);

} // namespace riskbreaker::app
