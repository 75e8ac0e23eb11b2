#pragma once

#include "core/scoring/assessment.hpp"

#include <cstdint>
#include <string>

namespace riskbreaker::core {

/// Which final assessments the journal keeps.
enum class journaled : std::uint8_t {
  all,
  llm, ///< those about which an LLM was asked, or whose answer was used again
  none,
};

inline bool is_journaled(const assessment& x, journaled choice) noexcept {
  return x.final && choice != journaled::none
         && (choice == journaled::all || x.llm != nullptr);
}

/// A final assessment as it was published, read back from the journal. Of
/// `what.strategy` only the name is known.
struct past_assessment {
  assessment what;
  std::string boot; ///< the run of the daemon that published it
  std::uint64_t seq = 0;
  std::string reasons; ///< as published: a JSON array
};

/// What past assessments are looked for; empty texts mean any.
struct history_query {
  std::string strategy{};
  std::string pair{};
  std::string timeframe{};
  std::uint64_t limit = 100;
};

/// More than that in one answer would hold up the control socket.
inline constexpr std::uint64_t max_history = 1'000;

} // namespace riskbreaker::core
