#pragma once

#include "app/console.hpp"

#include <chrono>
#include <cstdint>
#include <optional>

namespace riskbreaker::app {

/// A bar with rate and time left on a terminal; nothing anywhere else.
class push_progress {
public:
  explicit push_progress(const console& con);

  /// `share` is how much is done, 0–1, where that is known. Cheap to call for
  /// every candle: draws five times a second.
  void show(std::uint64_t sent, std::optional<double> share);

  /// Takes the bar away, before other text.
  void clear();

private:
  using clock = std::chrono::steady_clock;

  std::ostream& err_;
  bool enabled_;
  bool drawn_ = false;
  clock::time_point start_;
  clock::time_point next_;
};

/// The bar's text, without the codes that place it.
std::string progress_line(std::uint64_t sent, std::optional<double> share,
                          double elapsed_seconds);

} // namespace riskbreaker::app
