#pragma once

#include "core/cause.hpp"
#include "core/time.hpp"

#include <cstdint>
#include <optional>

namespace riskbreaker::core {

/// What one endpoint may be asked; absent means no limit, 0 means nothing.
struct endpoint_limits {
  std::uint32_t max_in_flight = 32;
  std::optional<double> requests_per_minute = 60;
  std::optional<double> tokens_per_minute;
  std::optional<std::uint64_t> calls_per_day; ///< HTTP requests, retries too
  std::optional<double> usd_per_day;

  friend bool operator==(const endpoint_limits&, const endpoint_limits&)
    = default;
};

/// A token bucket that holds one minute's worth (and at least one unit, or a
/// rate under 1 would never let anything through) and starts full. Kept as the
/// instant at which it is full again: whole nanoseconds, so nothing drifts.
class rate_bucket {
public:
  /// Whether `units` are there now; 0 asks whether anything is left at all.
  bool has(double units, std::optional<double> per_minute,
           steady_time now) const noexcept;

  /// Takes `units`, into debt if need be.
  void take(double units, std::optional<double> per_minute,
            steady_time now) noexcept;

private:
  std::optional<steady_time> full_at_; // empty: full
};

/// What is kept of a day's budget over a restart.
struct budget_memory {
  unix_ms day{}; ///< its 00:00 UTC
  std::uint64_t calls = 0;
  double usd = 0;

  friend bool operator==(const budget_memory&, const budget_memory&) = default;
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
  [[nodiscard]] std::optional<cause> spend_request(steady_time now,
                                                   unix_ms wall);

  /// Accounts tokens and cost once they are known. More than the bucket holds
  /// is a debt: nothing is admitted until the minutes have paid it.
  void spend_tokens(std::uint64_t tokens, double usd, steady_time now,
                    unix_ms wall) noexcept;

  /// Applies new limits. Slots and the day's spending stay; a bucket stays as
  /// full, in parts of a minute, as it was.
  void reconfigure(endpoint_limits limits) noexcept;

  /// A restart within the day does not begin a new budget.
  budget_memory save() const noexcept;
  void restore(const budget_memory& memory) noexcept;

  std::uint32_t in_flight() const noexcept;
  std::uint64_t calls_today() const noexcept;
  double usd_today() const noexcept;

private:
  void begin_day(unix_ms wall) noexcept;
  std::optional<cause> refusal(steady_time now) const noexcept;

  endpoint_limits limits_;
  std::uint32_t in_flight_ = 0;
  rate_bucket requests_;
  rate_bucket tokens_;
  std::chrono::sys_days day_{};
  std::uint64_t calls_today_ = 0;
  double usd_today_ = 0;
};

} // namespace riskbreaker::core
