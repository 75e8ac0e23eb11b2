#pragma once

#include "core/cause.hpp"
#include "core/time.hpp"

#include <cstdint>
#include <optional>

namespace riskbreaker::core {

/// What one endpoint may be asked; absent means no limit.
struct endpoint_limits {
  std::uint32_t max_in_flight = 32;
  std::optional<double> requests_per_minute = 60;
  std::optional<double> tokens_per_minute;
  std::optional<std::uint64_t> calls_per_day; ///< HTTP requests, retries too
  std::optional<double> usd_per_day;

  friend bool operator==(const endpoint_limits&, const endpoint_limits&)
    = default;
};

/// Counts what goes to one endpoint. A logical call holds a slot from `enter`
/// to `leave`; each of its HTTP requests is paid with `spend_request`.
class limiter {
public:
  explicit limiter(endpoint_limits limits) noexcept;

  /// Takes an in-flight slot, or says why not (`overloaded`,
  /// `budget_exhausted`). A minute's rate that is used up counts as overloaded:
  /// nothing queues. Days begin at 00:00 UTC.
  [[nodiscard]] std::optional<cause> enter(steady_time now, unix_ms wall);
  void leave() noexcept;

  /// Pays for one more HTTP request of a call that is in; says why not.
  [[nodiscard]] std::optional<cause> spend_request(steady_time now, unix_ms wall);

  /// Accounts tokens and cost once they are known.
  void spend_tokens(std::uint64_t tokens, double usd, steady_time now,
                    unix_ms wall) noexcept;

  void reconfigure(endpoint_limits limits) noexcept;

  std::uint32_t in_flight() const noexcept;
  std::uint64_t calls_today() const noexcept;
  double usd_today() const noexcept;
  // The private part is the implementer's.
};

} // namespace riskbreaker::core
