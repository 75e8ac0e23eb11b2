#include "transport/last_value_cache.hpp"

#include <utility>

namespace riskbreaker::transport {

void last_value_cache::put(const std::string& topic, std::string payload) {
  if (const auto i = by_topic_.find(topic); i != by_topic_.end()) {
    i->second->payload = std::move(payload);
    return;
  }
  entries_.push_back({topic, std::move(payload)});
  auto* added = &entries_.back();
  by_topic_.emplace(added->topic, added);
  ordered_.emplace(added->topic, added);
}

const last_value_cache::entry*
last_value_cache::next(std::string_view prefix, const entry* after) const {
  const auto i
    = after ? ordered_.upper_bound(after->topic) : ordered_.lower_bound(prefix);
  if (i == ordered_.end() || i->first.substr(0, prefix.size()) != prefix)
    return nullptr;
  return i->second;
}

} // namespace riskbreaker::transport
