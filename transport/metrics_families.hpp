#pragma once

#include <cstdint>
#include <initializer_list>
#include <prometheus/metric_family.h>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace riskbreaker::transport {

/// Builds the families of one scrape.
class metrics_families {
public:
  using label = std::pair<const char*, std::string_view>;
  using labels = std::initializer_list<label>;

  /// What follows is added to this family. `name` without our prefix.
  void begin(prometheus::MetricType type, const char* name, const char* help);

  /// A value of a counter or gauge.
  void add(labels names, double value);
  void add(labels names, std::uint64_t value) {
    add(names, static_cast<double>(value));
  }

  /// An empty sample of the family, for histograms.
  prometheus::ClientMetric& sample(labels names);

  /// A family without a name of ours: those of the process.
  void single(prometheus::MetricType type, const char* whole_name,
              const char* help, double value);

  /// Families without a sample are left out.
  std::vector<prometheus::MetricFamily> take();

private:
  std::vector<prometheus::MetricFamily> all_;
};

} // namespace riskbreaker::transport
