#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>

namespace riskbreaker::app {

/// What a message is to someone who has watched its topic so far.
struct sighting {
  bool fresh = true;        ///< false: seen before, a replayed last value
  std::uint64_t missed = 0; ///< messages that went by unseen
  bool restarted = false;   ///< the daemon is another run than before
};

/// Remembers the newest message of each topic. A new subscriber makes the
/// daemon send last values again, to all: those are dropped by (topic, boot,
/// seq).
class seen_topics {
public:
  sighting observe(const std::string& topic, const std::string& boot,
                   std::uint64_t seq);

private:
  struct newest {
    std::string boot;
    std::uint64_t seq = 0;
  };
  std::unordered_map<std::string, newest> topics_;
};

} // namespace riskbreaker::app
