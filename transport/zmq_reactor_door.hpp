#pragma once

#include "core/client_lists.hpp"
#include "transport/reactor.hpp"
#include "transport/refusal_memory.hpp"

#include <zmq.hpp>

#include <array>
#include <mutex>
#include <string>
#include <string_view>

namespace riskbreaker::transport {

/// Who is let in under CURVE. Shared between the reactor and whoever changes
/// it; those who are in stay in.
class guest_list {
public:
  explicit guest_list(core::client_lists lists) : lists_(std::move(lists)) {
    // nop
  }

  void replace(core::client_lists lists);

  /// `socket` is "candles", "results" or "control", `key` is Z85.
  bool holds(std::string_view socket, std::string_view key) const;

private:
  mutable std::mutex mutex_;
  core::client_lists lists_;
};

/// Answers ZeroMQ's questions whom to let in (ZAP, RFC 27), and tells of those
/// who did not get as far as a question.
class reactor_door {
public:
  /// Before the sockets are bound: it must be there when the first client
  /// comes.
  explicit reactor_door(zmq::context_t& context);

  /// Makes a socket, not bound yet, a CURVE server whose clients are asked for.
  void guard(zmq::socket_t& socket, const char* name,
             const std::string& secret_key);

  /// To be polled; has a question when readable.
  zmq::socket_t& questions() {
    return questions_;
  }

  /// Answers up to `n` questions; tells strangers.
  void answer(int n, const guest_list& guests,
              const std::function<void(const stranger&)>& tell);

  /// Tells of handshakes that failed before any question; cheap, but nobody
  /// waits for it: call it now and then.
  void look_out(const std::function<void(const stranger&)>& tell);

private:
  struct watched {
    const char* name = nullptr;
    zmq::socket_t monitor;
  };

  void tell_once(stranger x, const std::function<void(const stranger&)>& tell);

  zmq::context_t& context_;
  zmq::socket_t questions_;
  std::array<watched, 3> watched_;
  std::size_t guarded_ = 0;
  refusal_memory told_;
};

} // namespace riskbreaker::transport
