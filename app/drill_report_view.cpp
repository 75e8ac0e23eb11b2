#include "app/drill_report_view.hpp"

#include "app/console.hpp"

#include <cstdio>
#include <optional>

namespace riskbreaker::app {

namespace {

using json = nlohmann::ordered_json;

constexpr const char* titles[] = {"healthy", "outage", "mended"};
constexpr const char* keys[] = {"healthy", "outage", "recovery"};

std::string in_seconds(std::optional<core::milliseconds> x) {
  if (!x)
    return "never";
  char text[32];
  std::snprintf(text, sizeof text, "%.2f s",
                static_cast<double>(x->count()) / 1000);
  return text;
}

json number(std::optional<core::milliseconds> x) {
  return x ? json(static_cast<double>(x->count()) / 1000) : json(nullptr);
}

} // namespace

std::string drill_text(const drill_report& x) {
  std::vector<std::vector<std::string>> rows{
    {"LLM", "requests", "answered", "by the LLM", "median", "slowest"}};
  std::string causes;
  for (std::size_t i = 0; i < x.phases.size(); ++i) {
    const auto& p = x.phases[i];
    rows.push_back({titles[i], std::to_string(p.asked),
                    std::to_string(p.answered), std::to_string(p.by_llm),
                    p.median ? in_seconds(p.median) : "-",
                    p.slowest ? in_seconds(p.slowest) : "-"});
    for (const auto* all : {&p.by_cause, &p.errors})
      for (const auto& [name, count] : *all)
        causes += (causes.empty() ? "" : ", ") + std::string{titles[i]} + ' '
                  + terminal_safe(name) + ' ' + std::to_string(count);
  }
  auto out = table(rows);
  out += "not by the LLM:   " + (causes.empty() ? "none" : causes) + '\n';
  out += "time to open:     " + in_seconds(x.time_to_open);
  if (x.time_to_open)
    out += ", after " + std::to_string(x.failures_to_open) + " failed calls";
  out += "\nfailed probes:    " + std::to_string(x.failed_probes);
  out += "\ntime to recover:  " + in_seconds(x.time_to_recover)
         + ", first answer of the LLM after " + in_seconds(x.time_to_llm)
         + '\n';
  return out;
}

nlohmann::ordered_json drill_json(const drill_report& x,
                                  const drill_subject& about) {
  auto faults = drill_faults(x);
  json out{{"ok", faults.empty()},
           {"strategy", about.strategy},
           {"pair", about.pair},
           {"timeframe", about.timeframe},
           {"fault", about.fault},
           {"time_to_open_s", number(x.time_to_open)},
           {"failures_to_open", x.failures_to_open},
           {"failed_probes", x.failed_probes},
           {"time_to_recover_s", number(x.time_to_recover)},
           {"time_to_llm_s", number(x.time_to_llm)},
           {"states", x.states},
           {"faults", faults}};
  for (std::size_t i = 0; i < x.phases.size(); ++i) {
    const auto& p = x.phases[i];
    out["phases"][keys[i]] = {{"requests", p.asked},
                              {"answered", p.answered},
                              {"by_llm", p.by_llm},
                              {"by_cause", p.by_cause},
                              {"errors", p.errors},
                              {"median_s", number(p.median)},
                              {"slowest_s", number(p.slowest)}};
  }
  return out;
}

} // namespace riskbreaker::app
