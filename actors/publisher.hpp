#pragma once

#include "actors/journal_sink.hpp"
#include "transport/outbox.hpp"
#include "transport/result_encoder.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <unordered_map>

namespace riskbreaker::actors {

struct publisher_config {
  std::shared_ptr<transport::outbox> out;
  std::string boot;
  std::chrono::milliseconds heartbeat{1'000};
  /// Tests replace it; takes the boot id.
  std::function<std::unique_ptr<transport::result_encoder>(std::string)>
    make_encoder = transport::make_json_encoder;
  journal_sink journal; ///< is told what was published
  core::journaled journaled = core::journaled::all;
};

/// What is remembered of one topic, for as long as the daemon runs.
struct topic_state {
  std::shared_ptr<const std::string> name;
  std::uint64_t seq = 0;
  core::unix_ms newest{}; ///< candle time of the value that subscribers keep
};

struct publisher_state {
  static inline const char* name = "publisher";

  publisher_config cfg;
  std::unique_ptr<transport::result_encoder> encoder;
  std::unordered_map<std::string, topic_state> topics;
  std::string scratch; ///< the topic being looked up, without an allocation
  caf::actor_clock::time_point started;

  topic_state& topic(const std::string& name);
  transport::out_frame encode(const core::assessment& x, std::uint64_t& seq);
  void send(std::string topic_name, bool keep,
            const std::function<std::string(std::uint64_t)>& encode_with);
};

/// Publishes everything; the only one who numbers topics.
publisher_actor::behavior_type
publisher(publisher_actor::stateful_pointer<publisher_state> self,
          publisher_config cfg);

} // namespace riskbreaker::actors
