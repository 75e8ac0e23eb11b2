#pragma once

#include "core/client_lists.hpp"
#include "transport/credit.hpp"
#include "transport/outbox.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace riskbreaker::transport {

/// Frames as they came, back to back in one buffer that is padded for simdjson.
struct raw_batch {
  std::string buffer;                 ///< frames, then `padding` zero bytes
  std::vector<std::uint32_t> ends;    ///< end offset of each frame
  std::uint32_t multipart = 0;        ///< messages of several frames, dropped
  std::vector<std::string> oversized; ///< first 512 bytes of each, dropped
  credit_ptr credits;
  static constexpr std::size_t padding = 64;
};

/// Encrypts the sockets and lets in who is listed.
struct curve_access {
  std::string secret_key; ///< the daemon's own, Z85
  core::client_lists clients;
};

/// A client that was not let in.
struct stranger {
  std::string socket;  ///< "candles", "results" or "control"
  std::string address; ///< empty where ZeroMQ does not tell
  std::string key;     ///< its public key, Z85; empty where it has shown none
  std::string reason;
  std::uint64_t times = 0; ///< since it was told last
};

struct reactor_config {
  std::string candles_bind = "tcp://127.0.0.1:5555";
  std::string results_bind = "tcp://127.0.0.1:5556";
  std::string control_bind = "tcp://127.0.0.1:5557";
  std::size_t max_frame = 4u << 20;
  /// Credits: a frame costs 1 + size/128, about one per candle.
  std::uint32_t window = 8'192;
  std::size_t max_batch = 256;         ///< frames handed over at once
  std::optional<curve_access> curve{}; ///< absent: whoever connects is in
};

/// What the reactor hands in; called on its thread, must not block.
struct reactor_handlers {
  std::function<void(raw_batch&&)> candles;
  std::function<void(std::vector<std::string> route, std::string body)> control;
  /// Once for each that is refused, then hourly.
  std::function<void(const stranger&)> refused{};
};

/// Owns the three sockets (PULL, XPUB, ROUTER) on one thread.
class reactor : public outbox {
public:
  /// Starts reading. Call once.
  virtual void start(reactor_handlers handlers) = 0;
  /// Stops taking candles in; publishing and control go on. Returns when all
  /// that was read has been handed over, after half a second at the latest.
  virtual void stop_reading() = 0;
  /// Replaces the lists of who may connect, under CURVE; without, does nothing.
  /// Who is connected stays so.
  virtual void admit(core::client_lists clients) = 0;
  /// Sends what is queued (bounded by a second), closes, joins. Idempotent.
  virtual void stop() = 0;
  /// Calls `answer` on the thread of the sockets, unless it hangs; once `stop`
  /// was called, maybe never.
  virtual void ping(std::function<void()> answer) = 0;
  /// The addresses that clients connect to, with real ports.
  virtual std::string candles_endpoint() const = 0;
  virtual std::string results_endpoint() const = 0;
  virtual std::string control_endpoint() const = 0;
};

/// Binds the sockets. Throws `std::runtime_error` naming the address and the
/// reason if one is taken or malformed.
std::unique_ptr<reactor> make_reactor(reactor_config config);

} // namespace riskbreaker::transport
