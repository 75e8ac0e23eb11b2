#include "core/breaker/breaker_types.hpp"

namespace riskbreaker::core {

namespace {

const char* to_string(transition_cause x) noexcept {
  switch (x) {
    case transition_cause::consecutive_failures:
      return "consecutive_failures";
    case transition_cause::recovery_due:
      return "recovery_due";
    case transition_cause::trip_now:
      return "trip_now";
    case transition_cause::retry_after:
      return "retry_after";
    case transition_cause::probe_failed:
      return "probe_failed";
    case transition_cause::probe_succeeded:
      return "probe_succeeded";
    case transition_cause::lease_expired:
      return "lease_expired";
    case transition_cause::forced:
      return "forced";
    case transition_cause::automatic:
      return "auto";
    case transition_cause::reset:
      return "reset";
    case transition_cause::restored:
      return "restored";
  }
  return "invalid";
}

} // namespace

const char* to_string(breaker_state x) noexcept {
  switch (x) {
    case breaker_state::closed:
      return "closed";
    case breaker_state::open:
      return "open";
    case breaker_state::half_open:
      return "half_open";
    case breaker_state::forced_open:
      return "forced_open";
    case breaker_state::forced_closed:
      return "forced_closed";
  }
  return "invalid";
}

std::optional<breaker_state>
breaker_state_from(std::string_view name) noexcept {
  for (std::size_t i = 0; i < breaker_state_count; ++i)
    if (auto x = static_cast<breaker_state>(i); name == to_string(x))
      return x;
  return std::nullopt;
}

std::string cause_text(const transition& x) {
  std::string result = to_string(x.why);
  auto names_class = x.why == transition_cause::trip_now
                     || x.why == transition_cause::probe_failed;
  if (names_class && x.detail) {
    result += ':';
    result += to_string(*x.detail);
  }
  return result;
}

} // namespace riskbreaker::core
