#include "core/llm/limits.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace riskbreaker::core {

namespace {

using nanoseconds = std::chrono::nanoseconds;

constexpr nanoseconds minute = std::chrono::minutes{1};
constexpr nanoseconds longest_debt = std::chrono::hours{24 * 366};

/// The time in which `units` flow in. Rounded down: rounded up, nine requests a
/// minute would not fit into a minute's bucket.
nanoseconds time_for(double units, double per_minute) noexcept {
  auto time = units * static_cast<double>(minute.count()) / per_minute;
  auto longest = static_cast<double>(longest_debt.count());
  return nanoseconds{static_cast<nanoseconds::rep>(std::min(time, longest))};
}

} // namespace

bool rate_bucket::has(double units, std::optional<double> per_minute,
                      steady_time now) const noexcept {
  if (!per_minute)
    return true;
  if (!(*per_minute > 0))
    return false;
  auto capacity = std::max(minute, time_for(1, *per_minute));
  auto missing
    = full_at_ ? std::max(*full_at_ - now, nanoseconds{0}) : nanoseconds{0};
  // Compared by subtraction: a debt may be longer than the capacity.
  if (units > 0)
    return missing <= capacity - time_for(units, *per_minute);
  return missing < capacity;
}

void rate_bucket::take(double units, std::optional<double> per_minute,
                       steady_time now) noexcept {
  if (!per_minute || !(*per_minute > 0) || !(units > 0))
    return;
  auto from = full_at_ ? std::max(*full_at_, now) : now;
  full_at_ = std::min(from + time_for(units, *per_minute), now + longest_debt);
}

limiter::limiter(endpoint_limits limits) noexcept : limits_(limits) {
  // nop
}

std::optional<cause> limiter::enter(steady_time now, unix_ms wall) {
  begin_day(wall);
  if (auto why = refusal(now))
    return why;
  if (in_flight_ >= limits_.max_in_flight)
    return cause::overloaded;
  ++in_flight_;
  return std::nullopt;
}

void limiter::leave() noexcept {
  if (in_flight_ > 0)
    --in_flight_;
}

std::optional<cause> limiter::spend_request(steady_time now, unix_ms wall) {
  begin_day(wall);
  if (auto why = refusal(now))
    return why;
  requests_.take(1, limits_.requests_per_minute, now);
  ++calls_today_;
  return std::nullopt;
}

void limiter::spend_tokens(std::uint64_t tokens, double usd, steady_time now,
                           unix_ms wall) noexcept {
  begin_day(wall);
  tokens_.take(static_cast<double>(tokens), limits_.tokens_per_minute, now);
  // One NaN would make every later comparison with the budget false.
  if (std::isfinite(usd) && usd > 0)
    usd_today_ += usd;
}

/// The budget comes first: it lasts longer than a rate and says more.
std::optional<cause> limiter::refusal(steady_time now) const noexcept {
  if (limits_.calls_per_day && calls_today_ >= *limits_.calls_per_day)
    return cause::budget_exhausted;
  if (limits_.usd_per_day && !(usd_today_ < *limits_.usd_per_day))
    return cause::budget_exhausted;
  if (!requests_.has(1, limits_.requests_per_minute, now)
      || !tokens_.has(0, limits_.tokens_per_minute, now))
    return cause::overloaded;
  return std::nullopt;
}

void limiter::begin_day(unix_ms wall) noexcept {
  auto today = std::chrono::floor<std::chrono::days>(wall);
  if (today > day_) {
    calls_today_ = 0;
    usd_today_ = 0;
    day_ = today;
  } else if (day_ - today > std::chrono::days{1}) {
    // The clock was plainly wrong before. Waiting for the day that it claimed
    // could take years, and a new budget has not been earned either.
    day_ = today;
  }
  // A step back over one midnight stays in the day that had begun, so that the
  // same midnight does not bring two budgets.
}

void limiter::reconfigure(endpoint_limits limits) noexcept {
  limits_ = limits;
}

budget_memory limiter::save() const noexcept {
  return {day_, calls_today_, usd_today_};
}

void limiter::restore(const budget_memory& memory) noexcept {
  day_ = std::chrono::floor<std::chrono::days>(memory.day);
  calls_today_ = memory.calls;
  usd_today_ = std::isfinite(memory.usd) ? std::max(memory.usd, 0.0) : 0.0;
}

std::uint32_t limiter::in_flight() const noexcept {
  return in_flight_;
}

std::uint64_t limiter::calls_today() const noexcept {
  return calls_today_;
}

double limiter::usd_today() const noexcept {
  return usd_today_;
}

} // namespace riskbreaker::core
