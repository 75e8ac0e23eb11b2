#pragma once

#include "transport/reactor.hpp"

#include <zmq.hpp>

#include <cstdint>
#include <optional>

namespace riskbreaker::transport {

/// Reads candle frames from the PULL socket in batches, as long as there are
/// credits. Not reading is what holds the pushers back: ZeroMQ's queues fill
/// up, then TCP's, then theirs.
class candle_intake {
public:
  /// `release` gets the credits back, from whatever thread.
  candle_intake(zmq::socket_t& pull, const reactor_config& config,
                credit::release_fn release);

  /// Gives credits back.
  void release(std::uint64_t credits) noexcept;

  /// Whether another message may be read.
  bool wants_more() const noexcept {
    return !held_ && in_flight_ < window_;
  }

  /// Whether a frame was read and not yet handed over.
  bool holds() const noexcept {
    return held_.has_value();
  }

  /// Whether a frame was read that had to wait for credits, and now has them.
  bool held_is_due() const noexcept;

  /// Takes in what is there and fits; nothing if that is nothing.
  std::optional<raw_batch> read();

private:
  bool fits(std::uint64_t cost) const noexcept;
  void add(raw_batch& batch, const zmq::message_t& frame);
  void charge(std::uint64_t cost) noexcept;

  zmq::socket_t& pull_;
  const std::size_t max_frame_;
  const std::size_t max_batch_;
  const std::uint64_t window_;
  const credit::release_fn release_;
  std::uint64_t in_flight_ = 0;
  std::uint32_t charged_ = 0;          // by the batch being read
  std::optional<zmq::message_t> held_; // read, but did not fit
};

} // namespace riskbreaker::transport
