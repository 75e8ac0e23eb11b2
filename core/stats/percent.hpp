#pragma once

#include <cstdint>
#include <optional>

namespace riskbreaker::core {

/// 0–100; nothing where there is no whole: no calls are not 0 % of success.
inline std::optional<double> percent(std::uint64_t part, std::uint64_t whole) {
  if (whole == 0)
    return std::nullopt;
  return 100.0 * static_cast<double>(part) / static_cast<double>(whole);
}

} // namespace riskbreaker::core
