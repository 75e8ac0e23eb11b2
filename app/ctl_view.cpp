#include "app/ctl_view.hpp"

#include "app/console.hpp"
#include "core/llm/prompt.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace riskbreaker::app {

namespace {

using json = nlohmann::ordered_json;
using row = std::vector<std::string>;

constexpr auto replace = json::error_handler_t::replace;

const json& member(const json& x, const char* name) {
  static const json none;
  auto found = x.is_object() ? x.find(name) : x.end();
  return x.is_object() && found != x.end() ? *found : none;
}

/// A value as text; "-" for what is not known, which is never 0.
std::string cell(const json& x) {
  if (x.is_null())
    return "-";
  if (x.is_string())
    return terminal_safe(x.get<std::string>());
  if (!x.is_array())
    return terminal_safe(x.dump(-1, ' ', false, replace));
  std::string all;
  for (const auto& item : x)
    all += (all.empty() ? "" : ",") + cell(item);
  return all.empty() ? "-" : all;
}

std::string rounded(const json& x, int digits) {
  if (!x.is_number())
    return "-";
  auto scale = std::pow(10.0, digits);
  return cell(json(std::round(x.get<double>() * scale) / scale));
}

/// 3,725 s as "1 h 2 min".
std::string duration(const json& x) {
  if (!x.is_number() || !std::isfinite(x.get<double>())
      || std::abs(x.get<double>()) > 1e12)
    return "-";
  auto s = std::llround(x.get<double>());
  auto text = [](long long n, const char* unit) {
    return std::to_string(n) + ' ' + unit;
  };
  if (s < 60)
    return text(s, "s");
  if (s < 3'600)
    return text(s / 60, "min") + ' ' + text(s % 60, "s");
  if (s < 86'400)
    return text(s / 3'600, "h") + ' ' + text(s % 3'600 / 60, "min");
  return text(s / 86'400, "d") + ' ' + text(s % 86'400 / 3'600, "h");
}

std::string ago(const json& x, core::unix_ms now) {
  if (!x.is_number_integer())
    return "-";
  auto since
    = static_cast<double>(now.time_since_epoch().count()) - x.get<double>();
  return duration(json(std::max(since, 0.0) / 1'000));
}

std::string instant(const json& x) {
  if (!x.is_number_integer() || x.get<std::int64_t>() < 0
      || x.get<std::int64_t>() >= 253'402'300'800'000)
    return "-";
  return core::iso_utc(
    core::unix_ms{core::milliseconds{x.get<std::int64_t>()}});
}

std::string journal_line(const json& x) {
  if (!x.is_object())
    return {};
  auto line = "\njournal " + cell(member(x, "path")) + ": ";
  if (member(x, "ok") == true)
    return line + "ok, " + cell(member(x, "rows_written")) + " rows written\n";
  return line + "NOT WRITTEN, " + cell(member(x, "rows_lost"))
         + " rows lost: " + cell(member(x, "error")) + '\n';
}

std::string budget_lines(const json& all) {
  std::string out;
  for (const auto& [endpoint, spent] : all.items()) {
    const auto& x = spent; // clang 14 captures no binding
    auto of = [&x](const char* name) {
      return member(x, name).is_null() ? std::string{}
                                       : " of " + cell(member(x, name));
    };
    out += "today " + terminal_safe(endpoint) + ": "
           + cell(member(x, "calls_today")) + of("calls_per_day") + " calls, $"
           + rounded(member(x, "usd_today"), 4) + of("usd_per_day") + '\n';
  }
  return out.empty() ? out : '\n' + out;
}

std::string status_view(const json& reply, core::unix_ms now) {
  auto out = "riskbreaker " + cell(member(reply, "version")) + ", up "
             + duration(member(reply, "uptime_s")) + ", config version "
             + cell(member(reply, "config_version")) + ", "
             + cell(member(reply, "series_count")) + " series\n\n";
  std::vector<row> rows{{"STRATEGY", "STATE", "FOR", "FAILURES", "NEXT PROBE",
                         "IN FLIGHT", "ENDPOINTS"}};
  for (const auto& [name, x] : member(reply, "strategies").items()) {
    auto endpoints = cell(member(x, "endpoints"));
    if (member(x, "llm_enabled") == false)
      endpoints += " (LLM off)";
    auto state = cell(member(x, "state"));
    if (member(x, "draining") == true)
      state += " (draining)";
    auto retry = duration(member(x, "retry_in_s"));
    rows.push_back({terminal_safe(name), state,
                    ago(member(x, "state_since"), now),
                    cell(member(x, "consecutive_failures")),
                    retry == "-" ? retry : "in " + retry,
                    cell(member(x, "in_flight")), endpoints});
  }
  out += table(rows) + journal_line(member(reply, "journal"))
         + budget_lines(member(reply, "budgets"));
  std::string faults;
  for (const auto& [actor, count] : member(reply, "faults").items())
    faults += "  " + terminal_safe(actor) + " " + cell(count);
  if (!faults.empty())
    out += "\nfaults outlived (the log says more):" + faults + '\n';
  return out;
}

std::string stats_view(const json& reply) {
  std::vector<row> rows{{"STRATEGY", "STATE", "REQUESTS", "ANSWERED",
                         "LLM CALLS", "SUCCESS", "LAST 5 MIN", "P50", "P95",
                         "MAX", "TOKENS", "USD"}};
  auto percent = [](const json& x) {
    auto text = rounded(x, 1);
    return text == "-" ? text : text + " %";
  };
  auto ms = [](const json& x) {
    return x.is_null() ? std::string{"-"} : cell(x) + " ms";
  };
  for (const auto& [name, x] : member(reply, "strategies").items()) {
    const auto& latency = member(x, "latency_ms");
    const auto& tokens = member(x, "tokens");
    rows.push_back(
      {terminal_safe(name), cell(member(x, "state")),
       cell(member(x, "requests")), percent(member(x, "answered_rate")),
       cell(member(x, "total_calls")), percent(member(x, "success_rate")),
       percent(member(member(x, "last_5m"), "success_rate")),
       ms(member(latency, "p50")), ms(member(latency, "p95")),
       ms(member(latency, "max")),
       cell(member(tokens, "prompt")) + "+"
         + cell(member(tokens, "completion")),
       rounded(member(x, "cost_usd"), 4)});
  }
  auto out = table(rows);
  for (const auto& [name, x] : member(reply, "strategies").items())
    for (const char* kind : {"failures_by_cause", "fallbacks_by_cause"}) {
      std::string causes;
      for (const auto& [cause, count] : member(x, kind).items())
        causes += "  " + terminal_safe(cause) + " " + cell(count);
      if (!causes.empty())
        out += "\n" + terminal_safe(name) + " " + kind + ":" + causes;
    }
  out += "\ncandles:";
  std::string reasons;
  for (const auto& [name, count] : member(reply, "candles").items())
    if (count.is_object())
      for (const auto& [reason, times] : count.items())
        reasons += "  " + terminal_safe(reason) + " " + cell(times);
    else
      out += "  " + terminal_safe(name) + " " + cell(count);
  if (!reasons.empty())
    out += "\nrefused:" + reasons;
  return out + '\n';
}

std::string series_view(const json& reply) {
  std::vector<row> rows{
    {"PAIR", "TIMEFRAME", "CANDLES", "NEWEST (UTC)", "FILLED", "STRATEGIES"}};
  for (const auto& x : member(reply, "series"))
    rows.push_back({cell(member(x, "pair")), cell(member(x, "timeframe")),
                    cell(member(x, "candles")), instant(member(x, "last_time")),
                    cell(member(x, "filled")), cell(member(x, "strategies"))});
  return table(rows);
}

/// Newest first, as the reply has them.
std::string history_view(const json& reply) {
  std::vector<row> rows{{"ISSUED (UTC)", "STRATEGY", "PAIR", "TIMEFRAME",
                         "CANDLE (UTC)", "SCORE", "CONFIDENCE", "VERDICT",
                         "SOURCE", "CAUSE"}};
  for (const auto& x : member(reply, "assessments"))
    rows.push_back(
      {instant(member(x, "issued_at")), cell(member(x, "strategy")),
       cell(member(x, "pair")), cell(member(x, "timeframe")),
       instant(member(x, "candle_time")), rounded(member(x, "score"), 1),
       rounded(member(x, "confidence"), 2), cell(member(x, "verdict")),
       cell(member(x, "source")), cell(member(x, "cause"))});
  if (rows.size() == 1)
    return "no assessments in the journal\n";
  return table(rows);
}

} // namespace

std::string control_view(std::string_view command,
                         const nlohmann::ordered_json& reply,
                         core::unix_ms now) {
  if (command == "status")
    return status_view(reply, now);
  if (command == "stats")
    return stats_view(reply);
  if (command == "series")
    return series_view(reply);
  if (command == "history")
    return history_view(reply);
  return terminal_safe(reply.dump(2, ' ', false, replace), true) + '\n';
}

} // namespace riskbreaker::app
