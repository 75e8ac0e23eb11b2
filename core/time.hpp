#pragma once

#include <chrono>

namespace riskbreaker::core {

/// Wall time, UTC, to the millisecond: stamps candles and answers, and is
/// never used to measure.
using unix_ms = std::chrono::sys_time<std::chrono::milliseconds>;

/// Measures durations and sets timers; a step of the wall clock does not move
/// it.
using steady_time = std::chrono::steady_clock::time_point;

using std::chrono::milliseconds;

} // namespace riskbreaker::core
