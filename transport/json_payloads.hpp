#pragma once

#include "core/scoring/assessment.hpp"
#include "core/stats/status.hpp"
#include "core/stats/strategy_stats.hpp"
#include "transport/json_writer.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace riskbreaker::transport {

// What topics and control replies share, so that both always say the same.

/// Milliseconds since the epoch, as all times go out.
std::int64_t epoch_ms(core::unix_ms t) noexcept;
std::optional<std::int64_t>
epoch_ms(const std::optional<core::unix_ms>& t) noexcept;

/// Seconds until `at`, never negative; nothing if there is no such time.
std::optional<double> seconds_until(const std::optional<core::unix_ms>& at,
                                    core::unix_ms now) noexcept;

/// Seconds to the millisecond: clocks know no more that is worth printing.
double to_the_millisecond(double seconds) noexcept;

/// Writes the sentences of `reasons` as an array.
void write_reasons(json_writer& out, const core::assessment& x);

/// Writes `x` as an object. Needs `x.strategy` and `x.series`. `seq` is absent
/// for an answer to one caller, which belongs to no topic. `reasons` are made
/// from `x` unless they are given, as a JSON array.
void write_assessment(json_writer& out, const core::assessment& x,
                      std::string_view boot, std::optional<std::uint64_t> seq,
                      std::optional<std::string_view> reasons = std::nullopt);

/// Writes the members of section 6 of the contract into an open object.
void write_statistics(json_writer& out, const core::strategy_snapshot& x,
                      const core::breaker_status& state, core::unix_ms now);

} // namespace riskbreaker::transport
