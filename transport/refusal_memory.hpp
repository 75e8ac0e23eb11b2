#pragma once

#include "core/stats/repeat_gate.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>

namespace riskbreaker::transport {

/// Whoever is refused tries again, several times a second and for ever. Tells
/// which refusal is worth a line in the log: the first of its kind, then one an
/// hour as long as it goes on.
class refusal_memory {
public:
  static constexpr core::milliseconds again_after{3'600'000};
  static constexpr std::size_t max_kinds = 1'000; ///< more share one

  /// The number of refusals since the last one that was told, this one
  /// included; nothing if this one is not worth telling.
  std::optional<std::uint64_t> note(const std::string& kind,
                                    core::steady_time now);

private:
  std::unordered_map<std::string, core::repeat_gate<core::steady_time>> kinds_;
};

} // namespace riskbreaker::transport
