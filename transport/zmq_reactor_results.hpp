#pragma once

#include "transport/last_value_cache.hpp"
#include "transport/outbox.hpp"

#include <zmq.hpp>

#include <deque>
#include <optional>
#include <string>
#include <string_view>

namespace riskbreaker::transport {

/// Sends messages to subscribers over the XPUB socket, and to late ones what is
/// kept. XPUB cannot address one subscriber: a replay reaches all that take the
/// topic.
class results_port {
public:
  explicit results_port(zmq::socket_t& xpub) : xpub_(xpub) {
    // nop
  }

  /// Never blocks. A subscriber that lags too far behind misses the message.
  void publish(const out_frame& x);

  /// Takes in up to `n` frames of subscribers; a subscription asks for a
  /// replay, all else is ignored.
  void read(int n);

  /// Replays up to `n` messages. Done in slices, so that a long one does not
  /// keep others waiting, nor fills a queue faster than it can drain.
  void replay(int n);

  bool replaying() const noexcept {
    return !replays_.empty();
  }

private:
  struct replay_job {
    std::string prefix;
    std::optional<std::string> last{}; ///< topic; empty: not begun
  };

  void send(std::string_view topic, std::string_view payload);
  void request_replay(std::string_view prefix);

  zmq::socket_t& xpub_;
  last_value_cache cache_;
  std::deque<replay_job> replays_;
  bool inside_message_ = false;
};

} // namespace riskbreaker::transport
