#pragma once

#include "core/market/candle.hpp"
#include "core/market/indicators.hpp"
#include "core/market/market_view.hpp"
#include "core/market/series_memory.hpp"
#include "core/market/timeframe.hpp"
#include "core/market/wilder.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace riskbreaker::core {

struct series_limits {
  /// Closed candles kept; at least 500, or Wilder values drift on a replay.
  std::size_t window = 500;
  /// Missing candles filled in flat; a longer gap restarts the series.
  std::size_t max_gap_fill = 100;
};

/// What a closed candle was to its series.
enum class arrival : std::uint8_t {
  newest,    ///< newer than all before: may ask for an assessment
  duplicate, ///< same time, same values: ignored
  revision,  ///< same time, other values: replaced and replayed
  late,      ///< older, filled a hole that had been filled flat: replayed
  too_old,   ///< outside the window: refused
};

struct arrival_report {
  arrival what = arrival::newest;
  std::uint32_t filled = 0; ///< flat candles put in before this one
  bool restarted = false;   ///< the gap was too long: history was dropped
};

/// The closed candles of one pair and timeframe, gapless, with the indicators
/// kept up to date. Knows no clock; candles come in validated.
class series {
public:
  explicit series(timeframe tf, series_limits limits = {});

  /// Takes a closed, valid candle. O(1) for a newest one; a revision or a late
  /// one replays the window.
  arrival_report add(const candle& x);

  /// Keeps `x` as the candle that is still forming; asks for nothing and moves
  /// no indicator. Ignored when a closed candle of that time is there.
  void update_forming(const candle& x);

  std::optional<candle> forming() const;

  /// The indicators at the newest closed candle. Needs `size() > 0`.
  market_view view() const;

  /// The newest `n` closed candles, or all if there are fewer; oldest first.
  std::vector<candle> newest(std::size_t n) const;

  std::size_t size() const noexcept;           ///< closed candles kept
  unix_ms last_time() const noexcept;          ///< open time of the newest
  std::uint64_t filled_total() const noexcept; ///< flat candles put in so far
  timeframe frame() const noexcept;

  bool has_changes() const noexcept {
    return changed_from_.has_value();
  }

  /// What has changed since the last call, or since `restore`; nothing if
  /// nothing has.
  std::optional<series_changes> take_changes();

  /// What was taken got lost: everything counts as changed again.
  void changes_lost() noexcept;

  /// Goes on where the series of that memory stood; with a smaller window, the
  /// newest candles stay. Nothing if the memory cannot be one of a series.
  static std::optional<series> restore(timeframe tf, series_limits limits,
                                       const series_memory& memory);

private:
  using slot = kept_candle;

  slot& at(std::size_t i) noexcept; ///< 0 is the oldest
  const slot& at(std::size_t i) const noexcept;
  void restart() noexcept;
  std::uint32_t fill_gap(unix_ms until, std::int64_t missing);
  void append(const slot& x);
  void changed(unix_ms from) noexcept;
  arrival replace(std::size_t i, const candle& x);
  void replay() noexcept;
  std::optional<std::size_t> find(unix_ms time) const noexcept;

  timeframe frame_;
  series_limits limits_;
  std::vector<slot> slots_; ///< a ring once it is full
  std::size_t capacity_;
  std::size_t oldest_ = 0;
  wilder_averages evicted_; ///< at the candle before the oldest
  indicators indicators_;
  std::optional<candle> forming_;
  std::uint64_t filled_total_ = 0;
  std::size_t filled_recent_ = 0; ///< among the last 100
  std::optional<unix_ms> changed_from_;
};

/// From when on a series whose last candle came at `last_seen` is idle, so that
/// it may be dropped for another: after two of its timeframes, and ten minutes
/// at least. A flood of strange pairs then takes no place of one in use.
steady_time idle_from(steady_time last_seen, timeframe frame) noexcept;

} // namespace riskbreaker::core
