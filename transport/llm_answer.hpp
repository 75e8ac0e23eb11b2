#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace riskbreaker::transport {

/// What the simulated model thinks of a market.
struct simulated_answer {
  double risk_score = 0; ///< 1–99, one decimal
  double confidence = 0; ///< 0.6–0.95, two decimals
  std::string reasoning;
};

/// Derived from the numbers in the prompt, so that scores move with the
/// market: wide moves and falling prices are risk. The same prompt and seed
/// give the same answer on every machine.
simulated_answer simulate_answer(std::string_view prompt, std::uint64_t seed);

/// A number that looks random and is the same for the same text and seed.
std::uint64_t stable_hash(std::string_view text, std::uint64_t seed) noexcept;

} // namespace riskbreaker::transport
