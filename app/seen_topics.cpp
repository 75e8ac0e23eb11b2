#include "app/seen_topics.hpp"

namespace riskbreaker::app {

sighting seen_topics::observe(const std::string& topic, const std::string& boot,
                              std::uint64_t seq) {
  auto [at, first] = topics_.try_emplace(topic, newest{boot, seq});
  if (first)
    return {};
  auto& last = at->second;
  if (last.boot != boot) {
    last = {boot, seq};
    return {true, 0, true};
  }
  if (seq <= last.seq)
    return {false, 0, false};
  auto missed = seq - last.seq - 1;
  last.seq = seq;
  return {true, missed, false};
}

} // namespace riskbreaker::app
