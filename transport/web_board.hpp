#pragma once

#include "core/time.hpp"
#include "transport/last_value_cache.hpp"
#include "transport/outbox.hpp"
#include "transport/web_event.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace riskbreaker::transport {

/// What was published, for those who come by HTTP: the last value of every
/// topic, the transitions of a day, and what is new since somebody looked.
/// Publishing never waits for a reader. While somebody listens, everything is
/// handed on as long as it fits what readers can take between two looks; beyond
/// that the newest of a topic stands for those before it. All functions may be
/// called from any thread.
class web_board {
public:
  struct event {
    event_kind kind{};
    std::string topic;
    std::string payload; ///< as it was encoded
  };

  /// So many transitions of a strategy are kept.
  static constexpr std::size_t max_transitions = 500;
  static constexpr std::chrono::hours kept_for{24};

  void publish(const out_frames& frames);

  /// Somebody listens, and takes about `bytes` at a look; 0: nobody does.
  void listen(std::size_t bytes);
  /// Called when there is something new for the first time since the last look;
  /// from the publisher's thread, so it must not block. Set before `publish`.
  std::function<void()> on_news;

  /// What is new, about as many bytes as was said to `listen`. Whether there is
  /// more stands in `more`.
  std::vector<event> take(bool& more);

  /// The first last values behind the topic `after`, which becomes the last of
  /// them, until they are `bytes`; `done` says that there are no more.
  std::vector<event> last_values(std::string& after, event_kinds kinds,
                                 std::size_t bytes, bool& done) const;

  /// The transitions of the day before `now` as JSON objects, oldest first.
  std::vector<std::shared_ptr<const std::string>>
  transitions(core::unix_ms now) const;

  /// Whether the configuration that was read last was taken.
  bool config_ok() const;

  std::uint64_t published() const noexcept {
    return published_.load(std::memory_order_relaxed);
  }
  std::uint64_t skipped() const noexcept {
    return skipped_.load(std::memory_order_relaxed);
  }

private:
  struct transition {
    std::int64_t at = 0;
    std::shared_ptr<const std::string> json;
  };

  /// Looks texts up without making one.
  struct text_hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view x) const noexcept {
      return std::hash<std::string_view>{}(x);
    }
  };

  void note(const out_frame& x);
  void hand_on(const out_frame& x, event_kind kind);
  void remember(const out_frame& x);

  mutable std::mutex mutex_;
  last_value_cache last_;
  std::map<std::string, std::deque<transition>, std::less<>> transitions_;
  std::size_t budget_ = 0;
  std::vector<event> fresh_; ///< each for itself
  std::size_t fresh_bytes_ = 0;
  std::deque<std::string> stale_; ///< topics whose newest value is owed
  std::unordered_set<std::string, text_hash, std::equal_to<>> owed_;
  bool told_ = false;
  std::atomic<std::uint64_t> published_{0};
  std::atomic<std::uint64_t> skipped_{0};
};

} // namespace riskbreaker::transport
