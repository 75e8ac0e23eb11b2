#pragma once

#include <cstdint>

namespace riskbreaker::core {

/// Small deterministic random numbers (splitmix64): the same seed gives the
/// same waits, so that tests and post-mortems can be replayed.
class jitter {
public:
  explicit constexpr jitter(std::uint64_t seed) noexcept : state_(seed) {
    // nop
  }

  /// Evenly from [1 − `share`, 1 + `share`).
  constexpr double factor(double share) noexcept {
    state_ += 0x9E3779B97F4A7C15U;
    auto x = state_;
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9U;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBU;
    x ^= x >> 31;
    auto unit = static_cast<double>(x >> 11) * 0x1p-53;
    return 1.0 + share * (2.0 * unit - 1.0);
  }

private:
  std::uint64_t state_;
};

} // namespace riskbreaker::core
