#pragma once

#include "core/market/timeframe.hpp"
#include "core/strategy.hpp"
#include "core/time.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace riskbreaker::core {

/// Which requests may share one LLM call: those that one strategy, as it is
/// configured now, has about one candle time of one timeframe. Candles of other
/// times have other deadlines, and one of the same pair would make "its" answer
/// ambiguous.
struct pool_key {
  std::shared_ptr<const core::strategy> strategy; ///< compared by identity
  core::timeframe frame;
  unix_ms candle_time{};

  friend bool operator==(const pool_key&, const pool_key&) = default;
};

/// The calls that wait for more pairs before they are made; `spec/llm.md`,
/// "Batch". Knows no clock: time comes in.
class call_pool {
public:
  /// The call that waits for requests of that kind.
  std::optional<std::uint64_t> waiting(const pool_key& key) const;

  /// A call of one request begins to wait for more, until `due`. `room` is how
  /// many more it takes, at least one.
  void open(pool_key key, std::uint64_t call, std::size_t room,
            steady_time due);

  /// One request more. True: the call is full, waits no longer and goes now.
  [[nodiscard]] bool join(std::uint64_t call);

  /// The calls whose time to wait is over, oldest first; they wait no longer.
  std::vector<std::uint64_t> take_due(steady_time now);

  /// Forgets a call that ended before it was made.
  void drop(std::uint64_t call);

  /// When `take_due` has something to give, if ever.
  std::optional<steady_time> next_due() const;

private:
  struct entry {
    pool_key key;
    std::uint64_t call = 0;
    std::size_t room = 0;
    steady_time due{};
  };

  std::vector<entry> entries_; // few: a strategy has a handful of timeframes
};

/// How long a call waits for more pairs: `window`, but never more than a
/// quarter of the time the call has, which is the model's.
milliseconds pool_wait(milliseconds window, milliseconds had) noexcept;

} // namespace riskbreaker::core
