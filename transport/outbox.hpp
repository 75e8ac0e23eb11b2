#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace riskbreaker::transport {

/// One message for subscribers: topic and payload, already encoded.
struct out_frame {
  std::shared_ptr<const std::string> topic;
  std::string payload;
  /// Keep as the topic's last value and replay it to late subscribers.
  bool keep = true;
  /// Nothing is sent: what is kept of the topic is dropped.
  bool forget = false;
};

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
  virtual void publish(std::vector<out_frame> frames) = 0;
  virtual void reply(control_reply reply) = 0;
};

} // namespace riskbreaker::transport
