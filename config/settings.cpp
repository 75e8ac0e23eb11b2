#include "config/settings.hpp"

namespace riskbreaker::config {

bool operator==(const settings& a, const settings& b) {
  return a.transport == b.transport && a.http == b.http
         && a.journal == b.journal && a.stats == b.stats && a.limits == b.limits
         && a.llm == b.llm && a.key_sources == b.key_sources
         && a.strategies == b.strategies;
}

} // namespace riskbreaker::config
