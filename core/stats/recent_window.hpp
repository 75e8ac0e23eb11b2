#pragma once

#include "core/call_verdict.hpp"
#include "core/scoring/assessment.hpp"
#include "core/time.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace riskbreaker::core {

/// What happened in the last five minutes. Rates are percent, and absent where
/// nothing happened.
struct recent_counts {
  std::uint64_t requests = 0;
  std::uint64_t answered = 0;
  std::uint64_t fallbacks = 0;
  std::uint64_t total_calls = 0;
  std::uint64_t successful_calls = 0;
  std::uint64_t failed_calls = 0;
  std::optional<double> success_rate;
  std::optional<double> answered_rate;
};

/// Counts over a sliding window in fixed memory. It slides in steps: what
/// happened is counted for five minutes less at most a step of five seconds.
class recent_window {
public:
  static constexpr std::chrono::seconds step{5};
  static constexpr std::chrono::seconds span{300};

  /// So many requests came.
  void requested(std::uint64_t n, steady_time now) noexcept;
  /// A request got its final answer.
  void answered(answer_source source, steady_time now) noexcept;
  /// An LLM call that was made is over.
  void call_finished(call_verdict verdict, steady_time now) noexcept;

  /// `open` requests wait for a call.
  recent_counts sum(steady_time now, std::uint64_t open = 0) const noexcept;

private:
  static constexpr std::size_t slots = span / step;

  struct slot {
    std::int64_t number = -1; ///< of its step since the clock's beginning
    std::uint64_t requests = 0;
    std::uint32_t answered = 0;
    std::uint32_t fallbacks = 0;
    std::uint32_t successful = 0;
    std::uint32_t failed = 0;
    std::uint32_t neutral = 0;
  };

  static std::int64_t number_of(steady_time t) noexcept;
  slot& at(steady_time now) noexcept;

  std::array<slot, slots> slots_{};
};

} // namespace riskbreaker::core
