#include "transport/json_payloads.hpp"

#include <array>
#include <cstddef>

namespace riskbreaker::transport {

namespace {

using cause_counts = std::array<std::uint64_t, core::cause_count>;

/// Only what did happen: a cause that is not there happened 0 times.
void write_causes(json_writer& out, std::string_view name,
                  const cause_counts& counts) {
  out.key(name).begin_object();
  for (std::size_t i = 0; i < counts.size(); ++i)
    if (counts[i] > 0)
      out.member(core::to_string(static_cast<core::cause>(i)), counts[i]);
  out.end_object();
}

void write_milliseconds(json_writer& out, std::string_view name,
                        const std::optional<core::milliseconds>& x) {
  out.key(name);
  if (x)
    out.value(x->count());
  else
    out.null();
}

void write_latency(json_writer& out, const core::strategy_snapshot& x) {
  out.key("latency_ms").begin_object();
  write_milliseconds(out, "p50", x.latency_p50);
  write_milliseconds(out, "p95", x.latency_p95);
  write_milliseconds(out, "p99", x.latency_p99);
  write_milliseconds(out, "max", x.latency_max);
  out.end_object();
}

void write_sources(json_writer& out, const core::strategy_snapshot& x) {
  out.key("answers_by_source").begin_object();
  for (std::size_t i = 0; i < x.answers_by_source.size(); ++i)
    out.member(core::to_string(static_cast<core::answer_source>(i)),
               x.answers_by_source[i]);
  out.end_object();
}

void write_recent(json_writer& out, const core::recent_counts& x) {
  out.key("last_5m")
    .begin_object()
    .member("total_calls", x.total_calls)
    .member("successful_calls", x.successful_calls)
    .member("failed_calls", x.failed_calls)
    .member("success_rate", x.success_rate)
    .member("requests", x.requests)
    .member("answered", x.answered)
    .member("answered_rate", x.answered_rate)
    .member("fallbacks", x.fallbacks)
    .end_object();
}

} // namespace

void write_statistics(json_writer& out, const core::strategy_snapshot& x,
                      const core::breaker_status& state, core::unix_ms now) {
  out.member("state", core::to_string(state.state))
    .member("state_since", epoch_ms(state.state_since))
    .member("retry_in_s", seconds_until(state.retry_at, now))
    .member("consecutive_failures", state.consecutive_failures)
    .member("total_calls", x.total_calls)
    .member("successful_calls", x.successful_calls)
    .member("failed_calls", x.failed_calls)
    .member("neutral_calls", x.neutral_calls);
  write_causes(out, "failures_by_cause", x.failures_by_cause);
  out.member("success_rate", x.success_rate)
    .member("requests", x.requests)
    .member("answered", x.answered)
    .member("answered_rate", x.answered_rate);
  write_sources(out, x);
  write_causes(out, "fallbacks_by_cause", x.fallbacks_by_cause);
  write_latency(out, x);
  out.member("attempts", x.attempts)
    .key("tokens")
    .begin_object()
    .member("prompt", x.prompt_tokens)
    .member("completion", x.completion_tokens)
    .end_object()
    .member("cost_usd", x.cost_usd)
    .member("in_flight", x.in_flight)
    .member("transitions", x.transitions);
  write_recent(out, x.last_5m);
}

} // namespace riskbreaker::transport
