#include "transport/zmq_reactor_intake.hpp"

#include <algorithm>
#include <memory>
#include <utility>

namespace riskbreaker::transport {

namespace {

constexpr std::size_t kept_of_oversized = 512;

std::uint64_t cost_of(const zmq::message_t& frame) {
  return 1 + frame.size() / 128;
}

/// ZeroMQ delivers a message whole, so its parts are all there.
void drop_rest_of_message(zmq::socket_t& socket) {
  zmq::message_t part;
  do {
    if (!socket.recv(part, zmq::recv_flags::dontwait))
      return;
  } while (part.more());
}

} // namespace

candle_intake::candle_intake(zmq::socket_t& pull, const reactor_config& config,
                             credit::release_fn release)
  : pull_(pull),
    max_frame_(config.max_frame),
    max_batch_(std::max<std::size_t>(config.max_batch, 1)),
    window_(std::max(config.window, 1u)),
    release_(std::move(release)) {
  // nop
}

void candle_intake::release(std::uint64_t credits) noexcept {
  in_flight_ -= std::min(credits, in_flight_);
}

bool candle_intake::fits(std::uint64_t cost) const noexcept {
  return in_flight_ == 0 || in_flight_ + cost <= window_;
}

bool candle_intake::held_is_due() const noexcept {
  return held_ && fits(cost_of(*held_));
}

void candle_intake::charge(std::uint64_t cost) noexcept {
  in_flight_ += cost;
  charged_ += static_cast<std::uint32_t>(cost);
}

void candle_intake::add(raw_batch& batch, const zmq::message_t& frame) {
  batch.buffer.append(frame.data<char>(), frame.size());
  batch.ends.push_back(static_cast<std::uint32_t>(batch.buffer.size()));
  charge(cost_of(frame));
}

std::optional<raw_batch> candle_intake::read() {
  raw_batch batch;
  charged_ = 0;
  std::size_t messages = 0;
  if (held_is_due()) {
    add(batch, *held_);
    held_.reset();
    ++messages;
  }
  zmq::message_t frame;
  for (; messages < max_batch_ && wants_more(); ++messages) {
    if (!pull_.recv(frame, zmq::recv_flags::dontwait))
      break;
    if (frame.more()) {
      drop_rest_of_message(pull_);
      ++batch.multipart;
      charge(1);
    } else if (frame.size() > max_frame_) {
      batch.oversized.emplace_back(frame.data<char>(),
                                   std::min(frame.size(), kept_of_oversized));
      charge(1);
    } else if (fits(cost_of(frame))) {
      add(batch, frame);
    } else {
      held_ = std::move(frame);
    }
  }
  if (charged_ == 0)
    return std::nullopt;
  batch.buffer.append(raw_batch::padding, '\0');
  batch.credits = std::make_shared<const credit>(charged_, release_);
  return batch;
}

} // namespace riskbreaker::transport
