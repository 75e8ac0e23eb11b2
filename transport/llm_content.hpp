#pragma once

#include "transport/llm_fault.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace riskbreaker::transport {

/// What the simulated model writes under `fault` in answer to `prompt`: an
/// object with its score, or, where lines `=== pair 1 of 2: "NAME" ===` part
/// the prompt, an object of all pairs.
std::string simulate_content(const llm_fault& fault, std::string_view prompt,
                             std::uint64_t seed);

} // namespace riskbreaker::transport
