#pragma once

#include "core/breaker/jitter.hpp"
#include "core/time.hpp"

#include <cstdint>
#include <optional>
#include <variant>

namespace riskbreaker::core {

/// How one logical call is attempted; `spec/llm.md`, "One logical call".
struct call_policy {
  milliseconds api_timeout{15'000}; ///< per attempt
  std::uint32_t max_retries = 2;
  double backoff_factor = 1.5;
  milliseconds backoff_base{1'000};
  milliseconds call_deadline{20'000}; ///< attempts and waits together
  milliseconds min_attempt{2'000};    ///< no retry with less than this left

  friend bool operator==(const call_policy&, const call_policy&) = default;
};

/// The next step of a call: make an attempt, wait, or give up.
struct make_attempt {
  milliseconds timeout{0};
};
struct wait_until {
  steady_time at{};
};
struct give_up {};
using call_step = std::variant<make_attempt, wait_until, give_up>;

/// Decides what one logical call does next. Pure: time comes in. `deadline` is
/// the instant the whole call ends. The wait before attempt n is `backoff_base`
/// × `backoff_factor`^(n−1), ± 20 % so that calls which failed together do not
/// come back together; or the server's Retry-After, as it is, if longer.
class call_plan {
public:
  /// `attempts` is 1 + max_retries, or 1 for a probe. `seed` feeds the jitter.
  call_plan(const call_policy& policy, steady_time deadline, bool is_probe,
            std::uint64_t seed);

  /// The first attempt; always made, with what time is left. Never less than a
  /// millisecond: to HTTP clients 0 means "no limit".
  make_attempt first(steady_time now);

  /// After a failed attempt: `wait_until` (then call `resume`), or `give_up`
  /// when it is not retryable, the retries are used up, or too little is left.
  call_step after_failure(steady_time now, bool retryable,
                          std::optional<milliseconds> retry_after);

  /// After a wait: an attempt, `give_up` when the wait came back too late, or
  /// the same wait again when it came back too early.
  call_step resume(steady_time now);

  std::uint32_t attempts_made() const noexcept;
  steady_time deadline() const noexcept;

private:
  milliseconds attempt_timeout(steady_time now) const noexcept;

  call_policy policy_;
  steady_time deadline_;
  std::uint64_t max_attempts_;
  std::uint32_t attempts_ = 0;
  steady_time resume_at_{};
  jitter jitter_;
};

/// The deadline of a call: `call_deadline`, and never more than a quarter of
/// the candle (`candle_length`).
milliseconds usual_deadline(const call_policy& policy,
                            milliseconds candle_length);

/// Whether a time-out says something about the LLM: not when the call `had`
/// less than its normal limit, the smaller of `api_timeout` and `usual` (its
/// `usual_deadline`), because the candle was nearly over. Such a time-out is
/// neutral.
bool timeout_counts(const call_policy& policy, milliseconds usual,
                    milliseconds had) noexcept;

} // namespace riskbreaker::core
