#include "transport/metrics_strategies.hpp"

#include <array>
#include <string_view>

namespace riskbreaker::transport {

namespace {

using prometheus::MetricType;

constexpr std::array<core::breaker_state, core::breaker_state_count> states{
  core::breaker_state::closed, core::breaker_state::open,
  core::breaker_state::half_open, core::breaker_state::forced_open,
  core::breaker_state::forced_closed};

/// Whether calls end like this; others among the causes are of answers.
bool is_outcome(core::cause x) {
  return x != core::cause::llm_disabled
         && std::string_view{core::to_string(x)}.starts_with("llm_");
}

class strategy_writer {
public:
  strategy_writer(metrics_families& out, const metrics_snapshot& from)
    : out_(out), from_(from) {
    // nop
  }

  void write() {
    breakers();
    answers();
    calls();
    rates();
  }

private:
  void counter(const char* name, const char* help) {
    out_.begin(MetricType::Counter, name, help);
  }
  void gauge(const char* name, const char* help) {
    out_.begin(MetricType::Gauge, name, help);
  }

  /// One sample a strategy.
  template <class F>
  void each_strategy(F value) {
    for (const auto& [x, state] : from_.strategies)
      out_.add({{"strategy", x.strategy}}, value(x));
  }

  template <class F>
  void each_endpoint(F each) {
    for (const auto& [x, state] : from_.strategies)
      for (const auto& e : x.endpoints)
        each(x.strategy, e);
  }

  void breakers();
  void answers();
  void calls();
  void rates();

  metrics_families& out_;
  const metrics_snapshot& from_;
};

void strategy_writer::breakers() {
  gauge("breaker_state", "1 for the state that the breaker is in, else 0.");
  for (const auto& [x, breaker] : from_.strategies)
    for (auto state : states)
      out_.add({{"strategy", x.strategy}, {"state", core::to_string(state)}},
               breaker.state == state ? 1.0 : 0.0);
  gauge("breaker_state_since_timestamp_seconds",
        "When the breaker came into its state.");
  for (const auto& [x, breaker] : from_.strategies)
    out_.add({{"strategy", x.strategy}}, stamp_of(breaker.state_since));
  gauge("breaker_consecutive_failures", "Failed calls in a row.");
  for (const auto& [x, breaker] : from_.strategies)
    out_.add({{"strategy", x.strategy}},
             std::uint64_t{breaker.consecutive_failures});
  counter("breaker_transitions_total", "Moves of the breaker.");
  for (const auto& [x, breaker] : from_.strategies)
    for (auto from : states)
      for (auto to : states)
        if (auto n = x.transitions_by_state[static_cast<std::size_t>(from)]
                                           [static_cast<std::size_t>(to)])
          out_.add({{"strategy", x.strategy},
                    {"from", core::to_string(from)},
                    {"to", core::to_string(to)}},
                   n);
}

void strategy_writer::answers() {
  counter("requests_total", "Assessments that were asked for.");
  each_strategy([](const auto& x) { return x.requests; });
  counter("answers_total", "Final assessments by who made them, and why it was "
                           "not the LLM.");
  for (const auto& [x, breaker] : from_.strategies) {
    for (auto source :
         {core::answer_source::llm, core::answer_source::llm_cached})
      out_.add({{"strategy", x.strategy},
                {"source", core::to_string(source)},
                {"cause", ""}},
               x.answers_by_source[static_cast<std::size_t>(source)]);
    // All causes from the start: increase() does not see a first sample.
    for (std::size_t i = 0; i < x.fallbacks_by_cause.size(); ++i)
      out_.add({{"strategy", x.strategy},
                {"source", core::to_string(core::answer_source::fallback)},
                {"cause", core::to_string(static_cast<core::cause>(i))}},
               x.fallbacks_by_cause[i]);
  }
}

void strategy_writer::calls() {
  counter("llm_calls_total", "LLM calls that are over.");
  each_endpoint([&](const auto& strategy, const auto& x) {
    out_.add({{"strategy", strategy},
              {"endpoint", x.endpoint},
              {"outcome", "success"}},
             x.successful_calls);
    for (std::size_t i = 0; i < x.failures_by_cause.size(); ++i)
      if (x.failures_by_cause[i] > 0 || is_outcome(static_cast<core::cause>(i)))
        out_.add({{"strategy", strategy},
                  {"endpoint", x.endpoint},
                  {"outcome", core::to_string(static_cast<core::cause>(i))}},
                 x.failures_by_cause[i]);
  });
  out_.begin(MetricType::Histogram, "llm_call_duration_seconds",
             "How long LLM calls took, attempts and waits together.");
  each_endpoint([&](const auto& strategy, const auto& x) {
    auto& h = out_.sample({{"strategy", strategy}, {"endpoint", x.endpoint}})
                .histogram;
    std::uint64_t up_to_here = 0;
    for (std::size_t i = 0; i < x.durations.bounds.size(); ++i) {
      up_to_here += x.durations.counts[i];
      h.bucket.push_back({up_to_here, seconds_of(x.durations.bounds[i])});
    }
    h.sample_count = x.durations.count();
    h.sample_sum = seconds_of(x.durations.sum);
  });
  counter("llm_attempts_total", "HTTP requests of those calls.");
  each_strategy([](const auto& x) { return x.attempts; });
  counter("llm_tokens_total", "Tokens that were used.");
  each_endpoint([&](const auto& strategy, const auto& x) {
    out_.add(
      {{"strategy", strategy}, {"endpoint", x.endpoint}, {"kind", "prompt"}},
      x.prompt_tokens);
    out_.add({{"strategy", strategy},
              {"endpoint", x.endpoint},
              {"kind", "completion"}},
             x.completion_tokens);
  });
  counter("llm_cost_usd_total",
          "What the tokens cost, by the configured price.");
  each_endpoint([&](const auto& strategy, const auto& x) {
    out_.add({{"strategy", strategy}, {"endpoint", x.endpoint}}, x.cost_usd);
  });
  gauge("llm_in_flight", "LLM calls that are not over.");
  each_strategy([](const auto& x) { return x.in_flight; });
}

/// Of the daemon's own windows, for those who look without Prometheus' rate().
void strategy_writer::rates() {
  auto ratios = [this](auto of_all, auto of_last) {
    for (const auto& [x, breaker] : from_.strategies) {
      if (auto all = of_all(x))
        out_.add({{"strategy", x.strategy}, {"window", "all"}}, *all / 100);
      if (auto last = of_last(x.last_5m))
        out_.add({{"strategy", x.strategy}, {"window", "5m"}}, *last / 100);
    }
  };
  gauge("llm_success_ratio", "Successful calls of all LLM calls.");
  ratios([](const auto& x) { return x.success_rate; },
         [](const auto& x) { return x.success_rate; });
  gauge("answered_ratio",
        "Answered requests of all but those that a call is under way for; "
        "under 1 an answer is missing.");
  ratios([](const auto& x) { return x.answered_rate; },
         [](const auto& x) { return x.answered_rate; });
}

} // namespace

void write_strategies(metrics_families& out, const metrics_snapshot& x) {
  strategy_writer{out, x}.write();
}

} // namespace riskbreaker::transport
