#pragma once

#include "actors/journal_sink.hpp"
#include "core/market/series.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <vector>

namespace riskbreaker::actors {

/// A series as the journal's helper knows it; lives as long as ingest.
struct kept_series {
  std::shared_ptr<const core::series_key> key;
  core::series* candles = nullptr;
};

/// Tells the journal what moved in the series: now and then rather than with
/// each candle, and not before it has written what it was told last. So a slow
/// disk makes the journal older, never the daemon larger.
class series_keeper {
public:
  using pointer = candle_ingest_actor::pointer;

  journal_sink journal;
  std::chrono::milliseconds interval{250};
  /// After a failure the disk is left alone.
  std::chrono::milliseconds retry_delay{5'000};
  /// So many candles go out at once, or one series.
  std::size_t max_candles = 20'000;

  /// `x` has changed and had no change that was not yet told.
  void changed(pointer self, kept_series x);
  /// It is time to tell.
  void on_time(pointer self);
  void on_saved(pointer self, bool lost);
  /// The series ends. What the journal has of it stays until it is too old.
  void forget(const core::series* x);
  /// Tells everything, now.
  std::size_t tell_all(pointer self);

private:
  void arm(pointer self, std::chrono::milliseconds wait);
  std::size_t tell(pointer self, std::size_t room);

  std::vector<kept_series> unsaved_;
  std::vector<kept_series> under_way_; ///< sent, and not yet on disk
  bool armed_ = false;
  bool more_ = false; ///< of what was due did not fit
};

} // namespace riskbreaker::actors
