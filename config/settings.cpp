#include "config/settings.hpp"

#include <algorithm>

namespace riskbreaker::config {

bool operator==(const settings& a, const settings& b) {
  auto same_strategy = [](const auto& x, const auto& y) {
    return *x == *y;
  };
  auto same_endpoint = [](const auto& x, const auto& y) {
    return x.first == y.first && *x.second == *y.second;
  };
  const auto& s = a.strategies;
  const auto& t = b.strategies;
  return a.transport == b.transport && a.http == b.http
         && a.journal == b.journal && a.stats == b.stats && a.limits == b.limits
         && a.llm == b.llm && a.key_sources == b.key_sources
         && std::equal(s.strategies.begin(), s.strategies.end(),
                       t.strategies.begin(), t.strategies.end(), same_strategy)
         && std::equal(s.endpoints.begin(), s.endpoints.end(),
                       t.endpoints.begin(), t.endpoints.end(), same_endpoint);
}

} // namespace riskbreaker::config
