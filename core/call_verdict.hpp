#pragma once

#include "core/cause.hpp"

namespace riskbreaker::core {

/// As the journal and the tests' data spell it.
const char* to_string(call_verdict x) noexcept;

} // namespace riskbreaker::core
