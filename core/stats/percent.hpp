#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

namespace riskbreaker::core {

/// 0–100; nothing where there is no whole: no calls are not 0 % of success.
inline std::optional<double> percent(std::uint64_t part, std::uint64_t whole) {
  if (whole == 0)
    return std::nullopt;
  return 100.0 * static_cast<double>(part) / static_cast<double>(whole);
}

/// Percent of the requests that have their answer, of those that should have
/// it: calls under way still may take their time. 100 unless one was lost.
inline std::optional<double> answered_percent(std::uint64_t answered,
                                              std::uint64_t requests,
                                              std::uint64_t open) {
  auto due = requests - std::min(open, requests);
  // Around a reload, answers may come whose requests were counted before it.
  return percent(std::min(answered, due), due);
}

} // namespace riskbreaker::core
