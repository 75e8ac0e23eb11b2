#pragma once

#include "core/market/refusal.hpp"
#include "core/scoring/assessment.hpp"
#include "core/stats/status.hpp"
#include "core/stats/strategy_stats.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace riskbreaker::transport {

/// A refused candle or message as `ingest.rejected` tells it. `excerpt` is
/// already printable.
struct refusal_report {
  core::refusal what;
  std::string excerpt;
  std::uint64_t count = 1; ///< more than 1: a summary stands for so many
};

/// A breaker's transition in wall time.
struct breaker_report {
  std::string strategy;
  core::transition change;
  core::unix_ms at{};
  std::optional<core::unix_ms> retry_at;
};

/// Writes the payloads of section 3 of the contract. Each carries `v`, `boot`
/// and `seq`, and is there until the next call. Not thread-safe; one per
/// publisher.
class result_encoder {
public:
  virtual ~result_encoder() = default;
  virtual std::string_view
  assessment(const core::assessment& x, std::uint64_t seq)
    = 0;
  virtual std::string_view breaker(const breaker_report& x, std::uint64_t seq)
    = 0;
  virtual std::string_view stats(const core::strategy_snapshot& x,
                                 const core::breaker_status& state,
                                 core::unix_ms now, std::uint64_t seq)
    = 0;
  virtual std::string_view
  config(const core::config_report& x, std::uint64_t seq)
    = 0;
  virtual std::string_view refused(const refusal_report& x, std::uint64_t seq)
    = 0;
  virtual std::string_view
  heartbeat(double uptime_s, core::unix_ms at, std::uint64_t seq)
    = 0;
};

/// The identity of one run of the daemon: what `boot` says.
std::string make_boot_id(core::unix_ms started);

std::unique_ptr<result_encoder> make_json_encoder(std::string boot);

/// The same payloads as MessagePack. Goes by way of the JSON text, so that the
/// two can never say different things; costs about half as much again.
std::unique_ptr<result_encoder> make_msgpack_encoder(std::string boot);

} // namespace riskbreaker::transport
