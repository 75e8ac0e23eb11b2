#include "transport/metrics_text.hpp"

#include "transport/metrics_families.hpp"
#include "transport/process_usage.hpp"

#include <array>
#include <prometheus/text_serializer.h>
#include <string_view>

namespace riskbreaker::transport {

namespace {

using prometheus::MetricType;

constexpr std::array<core::breaker_state, core::breaker_state_count> states{
  core::breaker_state::closed, core::breaker_state::open,
  core::breaker_state::half_open, core::breaker_state::forced_open,
  core::breaker_state::forced_closed};

/// Who may have faults, by the names they are noted with.
constexpr std::array actors{
  "breaker_supervisor", "candle_ingest", "config_keeper", "control",
  "fallback_scorer",    "http_server",   "journal",       "llm_caller",
  "publisher",          "stats"};

/// Whether calls end like this; others among the causes are of answers.
bool is_outcome(core::cause x) {
  return x != core::cause::llm_disabled
         && std::string_view{core::to_string(x)}.starts_with("llm_");
}

double seconds_of(core::milliseconds x) {
  return std::chrono::duration<double>(x).count();
}

double stamp_of(core::unix_ms x) {
  return seconds_of(x.time_since_epoch());
}

class writer {
public:
  explicit writer(const metrics_snapshot& from) : from_(from) {
    // nop
  }

  std::string text() {
    breakers();
    answers();
    calls();
    rates();
    candles();
    budgets();
    journal();
    daemon();
    process();
    return prometheus::TextSerializer{}.Serialize(out_.take());
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
  void candles();
  void budgets();
  void journal();
  void daemon();
  void process();

  const metrics_snapshot& from_;
  metrics_families out_;
};

void writer::breakers() {
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

void writer::answers() {
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

void writer::calls() {
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
void writer::rates() {
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
  gauge("answered_ratio", "Answered requests of all requests.");
  ratios([](const auto& x) { return x.answered_rate; },
         [](const auto& x) { return x.answered_rate; });
}

void writer::candles() {
  const auto& x = from_.candles;
  counter("candles_total", "Candles that were taken.");
  out_.add({{"result", "accepted"}}, x.accepted);
  out_.add({{"result", "duplicate"}}, x.duplicates);
  out_.add({{"result", "revision"}}, x.revisions);
  out_.add({{"result", "filled"}}, x.filled);
  out_.add({{"result", "late"}}, x.late);
  out_.add({{"result", "forming"}}, x.forming);
  counter("candles_refused_total", "Candles and messages that were refused.");
  // All reasons from the start: a rate begins with the first one.
  for (std::size_t i = 0; i < x.refused_by_reason.size(); ++i)
    out_.add(
      {{"reason", core::to_string(static_cast<core::refusal_reason>(i))}},
      x.refused_by_reason[i]);
  gauge("series", "Pairs and timeframes that are kept.");
  out_.add({}, from_.series);
  gauge("last_candle_timestamp_seconds",
        "When the last candle of any pair of the timeframe came in.");
  for (const auto& t : from_.timeframes)
    out_.add({{"timeframe", t.frame.name()}}, stamp_of(t.last_candle));
  gauge("timeframe_seconds", "How long the timeframe is.");
  for (const auto& t : from_.timeframes)
    out_.add({{"timeframe", t.frame.name()}}, seconds_of(t.frame.length()));
}

void writer::budgets() {
  gauge("llm_budget_spent", "What was spent of a budget today (UTC).");
  for (const auto& x : from_.budgets) {
    out_.add({{"endpoint", x.endpoint}, {"kind", "calls"}}, x.calls);
    out_.add({{"endpoint", x.endpoint}, {"kind", "usd"}}, x.usd);
  }
  gauge("llm_budget_limit", "What may be spent in a day.");
  for (const auto& x : from_.budgets) {
    if (x.limits.calls_per_day)
      out_.add({{"endpoint", x.endpoint}, {"kind", "calls"}},
               *x.limits.calls_per_day);
    if (x.limits.usd_per_day)
      out_.add({{"endpoint", x.endpoint}, {"kind", "usd"}},
               *x.limits.usd_per_day);
  }
}

void writer::journal() {
  if (!from_.journal)
    return;
  gauge("journal_up", "1 while the journal can be written, else 0.");
  out_.add({}, from_.journal->error.empty() ? 1.0 : 0.0);
  counter("journal_rows_total",
          "Rows for the journal, by what became of them.");
  out_.add({{"result", "written"}}, from_.journal->rows_written);
  out_.add({{"result", "lost"}}, from_.journal->rows_lost);
  gauge("journal_rows_waiting", "Rows that are not written yet.");
  out_.add({}, from_.journal->rows_waiting);
}

void writer::daemon() {
  counter("published_total", "Messages that went out on the results socket.");
  out_.add({}, from_.web.published);
  counter("config_reloads_total", "Configurations read, the first one too.");
  out_.add({{"ok", "true"}}, from_.reloads_ok);
  out_.add({{"ok", "false"}}, from_.reloads_refused);
  counter("faults_total", "Exceptions outlived and actors replaced.");
  auto faults = from_.info.faults;
  for (const char* actor : actors)
    faults.try_emplace(actor, 0);
  for (const auto& [actor, count] : faults)
    out_.add({{"actor", actor}}, count);
  counter("http_requests_total", "Requests to this HTTP server.");
  out_.add({}, from_.web.requests);
  counter("http_refused_total", "Connections beyond the limit.");
  out_.add({}, from_.web.refused);
  gauge("http_connections", "Open connections by what they are for.");
  out_.add({{"kind", "events"}}, from_.web.event_clients);
  out_.add({{"kind", "requests"}},
           from_.web.connections - from_.web.event_clients);
  counter("http_events_cut_off_total", "Readers of events that were too slow.");
  out_.add({}, from_.web.cut_off);
  counter("http_events_skipped_total",
          "Events that were not sent since a newer one of the topic was.");
  out_.add({}, from_.web.skipped);
  gauge("uptime_seconds", "Time since the start.");
  out_.add({}, from_.info.uptime_s);
  gauge("config_version", "The configuration in force, counted from 1.");
  out_.add({}, from_.info.config_version);
  gauge("build_info", "What runs; always 1.");
  out_.add({{"version", from_.info.version}}, 1.0);
}

void writer::process() {
  const auto x = read_process_usage();
  if (!x)
    return;
  out_.single(MetricType::Counter, "process_cpu_seconds_total",
              "Processor time that was used.", x->cpu_seconds);
  out_.single(MetricType::Gauge, "process_resident_memory_bytes",
              "Memory in use.", static_cast<double>(x->resident_bytes));
  out_.single(MetricType::Gauge, "process_open_fds", "Open file descriptors.",
              static_cast<double>(x->open_files));
  out_.single(MetricType::Gauge, "process_start_time_seconds",
              "When the process started.",
              stamp_of(from_.now) - from_.info.uptime_s);
}

} // namespace

std::string metrics_text(const metrics_snapshot& x) {
  return writer{x}.text();
}

} // namespace riskbreaker::transport
