#pragma once

#include "transport/outbox.hpp"

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <vector>

namespace riskbreaker::transport {

/// How other threads reach the reactor's. Outlives the reactor for as long as
/// someone holds a credit; what comes after the end is dropped.
class reactor_mailbox {
public:
  /// What came since the last look.
  struct mail {
    std::vector<out_frames> frames;
    std::vector<control_reply> replies;
    std::vector<std::function<void()>> pings;
    std::uint64_t credits = 0;
    bool reading = true; ///< false once `stop_reading` was called
    bool running
      = true; ///< false once `stop` was called: this is the last mail
  };

  /// Throws `std::runtime_error` when the process is out of descriptors.
  reactor_mailbox();
  reactor_mailbox(const reactor_mailbox&) = delete;
  reactor_mailbox& operator=(const reactor_mailbox&) = delete;
  ~reactor_mailbox();

  // -- for everyone ---------------------------------------------------------

  void publish(out_frames frames);
  void reply(control_reply reply);
  void release(std::uint32_t credits);
  void ping(std::function<void()> answer);
  void stop_reading();
  void stop();

  /// Waits until the reactor has handed over all it read before
  /// `stop_reading`; false if that took longer than `limit`.
  bool wait_reading_over(std::chrono::milliseconds limit);

  // -- for the reactor's thread ----------------------------------------------

  /// Says that no candle will be handed over any more.
  void reading_is_over();

  /// Replaces `out`. All at once: frames that were pushed before a credit was
  /// given back can never be seen after it.
  void take(mail& out);

  /// False if there is mail. Otherwise the next sender makes `event_fd`
  /// readable; senders pay for that only while the reactor sleeps.
  bool arm();

  /// Undoes `arm`. `rang` is whether `event_fd` was seen readable.
  void disarm(bool rang);

  int event_fd() const noexcept {
    return event_fd_;
  }

private:
  template <class Change>
  void change(Change apply);

  const int event_fd_;
  std::mutex mutex_;
  std::condition_variable reading_ended_;
  bool reading_over_ = false; // guarded by `mutex_`
  mail mail_;                 // guarded by `mutex_`
  bool news_ = false;         // guarded by `mutex_`
  bool armed_ = false;        // guarded by `mutex_`
};

} // namespace riskbreaker::transport
