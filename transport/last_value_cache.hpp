#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>

namespace riskbreaker::transport {

/// The newest message of every topic, for subscribers that come late.
class last_value_cache {
public:
  struct entry {
    std::string topic;
    std::string payload;
  };

  last_value_cache() = default;
  last_value_cache(const last_value_cache&) = delete;
  last_value_cache& operator=(const last_value_cache&) = delete;

  /// Replaces what is kept of `topic`.
  void put(const std::string& topic, std::string payload);

  /// The first topic behind `after` that starts with `prefix`, in the order of
  /// bytes; the first of all when `after` is null. Null when there is none.
  /// Entries stay where they are for ever, so a walk may pause while others
  /// are put in.
  const entry* next(std::string_view prefix, const entry* after) const;

  std::size_t size() const noexcept {
    return by_topic_.size();
  }

private:
  // Every message published looks its topic up, but only a new subscription
  // needs the order: hence both.
  std::deque<entry> entries_;
  std::unordered_map<std::string_view, entry*> by_topic_;
  std::map<std::string_view, const entry*> ordered_;
};

} // namespace riskbreaker::transport
