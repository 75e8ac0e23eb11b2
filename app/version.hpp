#pragma once

namespace riskbreaker::app {

/// The project's version, as CMake knows it.
const char* version() noexcept;

} // namespace riskbreaker::app
