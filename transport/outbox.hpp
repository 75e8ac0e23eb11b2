#pragma once

#include "transport/out_frames.hpp"

#include <string>
#include <vector>

namespace riskbreaker::transport {

/// A reply to one control client; `route` is what its request came with.
struct control_reply {
  std::vector<std::string> route;
  std::string body;
};

/// The way out, from any thread, never blocking: frames leave in the order in
/// which they were pushed.
class outbox {
public:
  virtual ~outbox() = default;
  virtual void publish(out_frames frames) = 0;
  virtual void reply(control_reply reply) = 0;
};

} // namespace riskbreaker::transport
