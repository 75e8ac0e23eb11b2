#include "transport/last_value_cache.hpp"

#include <utility>

namespace riskbreaker::transport {

void last_value_cache::put(std::string_view topic, std::string_view payload) {
  if (const auto i = by_topic_.find(topic); i != by_topic_.end()) {
    i->second->second.assign(payload);
    return;
  }
  const auto added = values_.emplace(topic, payload).first;
  by_topic_.emplace(added->first, added);
}

void last_value_cache::forget(std::string_view topic) {
  const auto i = by_topic_.find(topic);
  if (i == by_topic_.end())
    return;
  const auto gone = i->second; // owns the key of `i`
  by_topic_.erase(i);
  values_.erase(gone);
}

const std::string* last_value_cache::find(std::string_view topic) const {
  const auto i = by_topic_.find(topic);
  return i == by_topic_.end() ? nullptr : &i->second->second;
}

std::optional<last_value_cache::entry>
last_value_cache::next(std::string_view prefix,
                       std::optional<std::string_view> after) const {
  const auto i
    = after ? values_.upper_bound(*after) : values_.lower_bound(prefix);
  if (i == values_.end()
      || std::string_view{i->first}.substr(0, prefix.size()) != prefix)
    return std::nullopt;
  return entry{i->first, &i->second};
}

} // namespace riskbreaker::transport
