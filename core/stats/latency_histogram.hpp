#pragma once

#include "core/time.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace riskbreaker::core {

/// Latencies in fixed memory (9 kB): exact up to 127 ms, from there in buckets
/// of 1/64 of their octave, so a percentile is off by less than 1 %. More than
/// an hour counts as an hour, except in `max`.
class latency_histogram {
public:
  /// A negative latency counts as 0.
  void add(milliseconds x) noexcept;

  /// The smallest latency that at least this share (0–1) of all stayed within;
  /// nothing when there is none.
  std::optional<milliseconds> percentile(double share) const noexcept;

  std::optional<milliseconds> max() const noexcept; ///< exact

  std::uint64_t count() const noexcept {
    return count_;
  }

private:
  static constexpr std::uint32_t steps = 64; // per octave
  static constexpr std::uint32_t longest = 3'600'000;

  static constexpr std::size_t bucket_count = 1070; // the hour is the last

  static std::size_t index_of(std::uint32_t ms) noexcept;

  std::array<std::uint64_t, bucket_count> buckets_{};
  std::uint64_t count_ = 0;
  milliseconds max_{0};
};

} // namespace riskbreaker::core
