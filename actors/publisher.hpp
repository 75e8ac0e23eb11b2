#pragma once

#include "actors/fault_ledger.hpp"
#include "actors/journal_sink.hpp"
#include "transport/outbox.hpp"
#include "transport/result_encoder.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace riskbreaker::actors {

struct publisher_config {
  std::shared_ptr<transport::outbox> out;
  std::string boot;
  std::chrono::milliseconds heartbeat{1'000};
  /// Tests replace it; takes the boot id.
  std::function<std::unique_ptr<transport::result_encoder>(std::string)>
    make_encoder = transport::make_json_encoder;
  std::shared_ptr<fault_ledger> faults{};
  journal_sink journal{}; ///< is told what was published
  core::journaled journaled = core::journaled::all;
  wall_clock now = [] { ///< what heartbeats tell
    return std::chrono::floor<core::milliseconds>(
      std::chrono::system_clock::now());
  };
};

/// What is remembered of one topic, for as long as the daemon runs.
struct topic_state {
  std::uint64_t seq = 0;
  core::unix_ms newest{}; ///< candle time of the value that subscribers keep
  std::string strategy{}; ///< whose topic it is, if of one
  std::shared_ptr<const core::series_key> series{};
  bool placed = true; ///< the configuration has a place for it: it is kept
};

struct publisher_state {
  static inline const char* name = "publisher";

  explicit publisher_state(publisher_actor::pointer ptr) : self(ptr) {
    // nop
  }

  const std::shared_ptr<fault_ledger>& faults() const {
    return cfg.faults;
  }
  void after_fault();

  publisher_actor::pointer self;
  publisher_config cfg;
  std::unique_ptr<transport::result_encoder> encoder;
  std::unordered_map<std::string, topic_state> topics;
  std::string scratch; ///< the topic being looked up, without an allocation
  caf::actor_clock::time_point started;

  std::pair<const std::string, topic_state>& topic(const std::string& name);
  /// Adds the answer to `out`; `seq` becomes its number on its topic.
  void encode(const core::assessment& x, transport::out_frames& out,
              std::uint64_t& seq);
  void publish(const messages::assessments& x);
  void send(std::string topic_name, bool keep, const std::string& strategy,
            const std::function<std::string_view(std::uint64_t)>& encode_with);
  /// Drops what `table` has no place for.
  void apply(std::shared_ptr<const core::strategy_table> next);
  void end(const messages::series_ended& x);

  std::shared_ptr<const core::strategy_table> table; ///< null: as at start
  /// Where new topics begin to count: over all that were dropped, or a client
  /// would take a topic's second life for repeats of the first.
  std::uint64_t first_seq = 0;

private:
  using topic_map = std::unordered_map<std::string, topic_state>;

  /// The way to a topic without spelling its name. Its owners are held, or
  /// others could come to stand at their addresses.
  struct shortcut {
    std::shared_ptr<const core::strategy> strategy;
    std::shared_ptr<const core::series_key> series;
    topic_map::value_type* topic = nullptr;
  };
  using owners = std::pair<const core::strategy*, const core::series_key*>;
  struct owners_hash {
    std::size_t operator()(const owners& x) const noexcept {
      return std::hash<const void*>{}(x.first)
             ^ (std::hash<const void*>{}(x.second) << 1);
    }
  };

  /// Whether the configuration has a place for the topic. Asked when it begins
  /// and at a reload, not with each message.
  bool has_place(const topic_state& x) const;
  topic_map::iterator drop(topic_map::iterator x, transport::out_frames& out);
  void set_risk_topic(bool final, const core::strategy& strategy,
                      const core::series_key& series);
  topic_map::value_type& topic_of(const core::assessment& x);

  /// Of final answers. Forgotten when a topic ends.
  std::unordered_map<owners, shortcut, owners_hash> shortcuts_;
};

/// Publishes everything; the only one who numbers topics.
publisher_actor::behavior_type
publisher(publisher_actor::stateful_pointer<publisher_state> self,
          publisher_config cfg);

} // namespace riskbreaker::actors
