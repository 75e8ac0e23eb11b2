#include "transport/metrics_text.hpp"

#include "transport/metrics_families.hpp"
#include "transport/metrics_strategies.hpp"
#include "transport/process_usage.hpp"

#include <algorithm>
#include <array>
#include <prometheus/text_serializer.h>

namespace riskbreaker::transport {

namespace {

using prometheus::MetricType;

/// Who may have faults, by the names they are noted with.
constexpr std::array actors{
  "breaker_supervisor", "candle_ingest", "config_keeper", "control",
  "fallback_scorer",    "http_server",   "journal",       "llm_caller",
  "publisher",          "stats"};

class writer {
public:
  explicit writer(const metrics_snapshot& from) : from_(from) {
    // nop
  }

  std::string text() {
    write_strategies(out_, from_);
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

  void candles();
  void budgets();
  void journal();
  void daemon();
  void process();

  const metrics_snapshot& from_;
  metrics_families out_;
};

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
  // The two are not counted in one moment: one that came or went in between
  // must not make less than none.
  const auto events = std::min(from_.web.event_clients, from_.web.connections);
  out_.add({{"kind", "events"}}, events);
  out_.add({{"kind", "requests"}}, from_.web.connections - events);
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
  if (x->started)
    out_.single(MetricType::Gauge, "process_start_time_seconds",
                "When the process started.", *x->started);
}

} // namespace

std::string metrics_text(const metrics_snapshot& x) {
  return writer{x}.text();
}

} // namespace riskbreaker::transport
