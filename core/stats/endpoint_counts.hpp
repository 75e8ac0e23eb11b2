#pragma once

#include "core/cause.hpp"
#include "core/time.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

namespace riskbreaker::core {

/// How long calls took, counted between fixed bounds: what a monitoring system
/// adds up over daemons. Percentiles of one daemon come from
/// `latency_histogram`, which is finer.
struct duration_buckets {
  static constexpr std::array<milliseconds, 11> bounds{
    milliseconds{100},    milliseconds{250},    milliseconds{500},
    milliseconds{1'000},  milliseconds{2'500},  milliseconds{5'000},
    milliseconds{10'000}, milliseconds{15'000}, milliseconds{20'000},
    milliseconds{30'000}, milliseconds{60'000}};

  /// Calls that took at most the bound of the same place, and more than the one
  /// before; the last place holds those beyond all bounds.
  std::array<std::uint64_t, bounds.size() + 1> counts{};
  milliseconds sum{0};

  /// A negative duration counts as 0.
  void add(milliseconds x) noexcept;
  std::uint64_t count() const noexcept;
};

/// A strategy's LLM calls that one endpoint got.
struct endpoint_counts {
  std::string endpoint;
  std::uint64_t successful_calls = 0;
  /// Calls without an answer, neutral ones too.
  std::array<std::uint64_t, cause_count> failures_by_cause{};
  duration_buckets durations; ///< of all calls
  std::uint64_t prompt_tokens = 0;
  std::uint64_t completion_tokens = 0;
  double cost_usd = 0;
};

} // namespace riskbreaker::core
