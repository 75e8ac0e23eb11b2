#pragma once

#include "core/time.hpp"

#include <cstdint>
#include <optional>
#include <utility>

namespace riskbreaker::core {

/// Tells which of many like events is worth a line in the log: the first, and
/// then one each time `again_after` has passed, with the number of those since.
template <class Time>
class repeat_gate {
public:
  /// The number of events since the last one that was told, this one included;
  /// nothing if this one is not worth telling. A clock that was set back does
  /// not silence it.
  std::optional<std::uint64_t> note(Time now, milliseconds again_after) {
    ++untold_;
    if (told_ && now >= *told_ && now - *told_ < again_after)
      return std::nullopt;
    told_ = now;
    return std::exchange(untold_, 0);
  }

private:
  std::optional<Time> told_;
  std::uint64_t untold_ = 0;
};

} // namespace riskbreaker::core
