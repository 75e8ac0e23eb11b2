#pragma once

#include "core/market/refusal.hpp"
#include "core/time.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

namespace riskbreaker::core {

/// How many refusals of one reason were not told one by one.
struct refusal_summary {
  refusal_reason reason = refusal_reason::malformed;
  std::uint64_t count = 0;
};

/// Lets the first refusals of a second through and sums up the rest, so that a
/// broken pusher floods neither the log nor the topic. Pure: time comes in.
class refusal_meter {
public:
  explicit refusal_meter(std::uint32_t per_second = 100) noexcept
    : per_second_(per_second) {
    // nop
  }

  /// Counts one refusal; whether it is to be told by itself.
  bool admit(refusal_reason reason, steady_time now) noexcept;

  /// What was held back in a second that is over by `now`; empty otherwise.
  std::vector<refusal_summary> take_summaries(steady_time now);

  /// When the running second with something held back is over.
  std::optional<steady_time> summary_due() const noexcept;

  /// All refusals so far, by reason.
  const std::array<std::uint64_t, refusal_reason_count>&
  totals() const noexcept {
    return totals_;
  }

private:
  std::uint32_t per_second_;
  std::uint32_t told_ = 0;
  steady_time second_began_{};
  bool running_ = false;
  bool held_any_ = false;
  std::array<std::uint64_t, refusal_reason_count> held_{};
  std::array<std::uint64_t, refusal_reason_count> totals_{};
};

} // namespace riskbreaker::core
