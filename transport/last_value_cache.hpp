#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace riskbreaker::transport {

/// The newest message of every topic, for subscribers that come late.
class last_value_cache {
public:
  struct entry {
    std::string_view topic; ///< until the topic is forgotten
    const std::string* payload = nullptr;
  };

  last_value_cache() = default;
  last_value_cache(const last_value_cache&) = delete;
  last_value_cache& operator=(const last_value_cache&) = delete;

  /// Replaces what is kept of `topic`, in the memory that is already there.
  void put(std::string_view topic, std::string_view payload);

  /// Keeps nothing of `topic` any more.
  void forget(std::string_view topic);

  /// Null where nothing is kept.
  const std::string* find(std::string_view topic) const;

  /// The first topic behind `after` that starts with `prefix`, in the order of
  /// bytes; the first of all without `after`. A walk may pause while topics
  /// come and go: `after` need not be there any more.
  std::optional<entry> next(std::string_view prefix,
                            std::optional<std::string_view> after) const;

  std::size_t size() const noexcept {
    return by_topic_.size();
  }

private:
  // Every message published looks its topic up, but only a new subscription
  // needs the order: hence both.
  using ordered = std::map<std::string, std::string, std::less<>>;
  ordered values_;
  std::unordered_map<std::string_view, ordered::iterator> by_topic_;
};

} // namespace riskbreaker::transport
