#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <utility>

namespace riskbreaker::transport {

/// The right of a batch of frames to be in flight. Whoever works on the batch
/// holds a reference; when the last one is gone, however that happens, the
/// frames' credits go back to the reactor, which then reads on. So a dead actor
/// or a forgotten batch can never stall the socket.
class credit {
public:
  using release_fn = std::function<void(std::uint32_t)>;

  credit(std::uint32_t amount, release_fn release)
    : amount_(amount), release_(std::move(release)) {
    // nop
  }
  credit(const credit&) = delete;
  credit& operator=(const credit&) = delete;
  ~credit() {
    release_(amount_);
  }

private:
  std::uint32_t amount_;
  release_fn release_;
};

using credit_ptr = std::shared_ptr<const credit>;

} // namespace riskbreaker::transport
