#include "transport/metrics_families.hpp"

namespace riskbreaker::transport {

void metrics_families::begin(prometheus::MetricType type, const char* name,
                             const char* help) {
  all_.push_back({std::string{"riskbreaker_"} + name, help, type, {}});
}

prometheus::ClientMetric& metrics_families::sample(labels names) {
  auto& out = all_.back().metric.emplace_back();
  for (const auto& [name, value] : names)
    out.label.push_back({name, std::string{value}});
  return out;
}

void metrics_families::add(labels names, double value) {
  auto& out = sample(names);
  if (all_.back().type == prometheus::MetricType::Counter)
    out.counter.value = value;
  else
    out.gauge.value = value;
}

void metrics_families::single(prometheus::MetricType type,
                              const char* whole_name, const char* help,
                              double value) {
  begin(type, "", help);
  all_.back().name = whole_name;
  add({}, value);
}

std::vector<prometheus::MetricFamily> metrics_families::take() {
  std::erase_if(all_, [](const auto& x) { return x.metric.empty(); });
  return std::exchange(all_, {});
}

} // namespace riskbreaker::transport
