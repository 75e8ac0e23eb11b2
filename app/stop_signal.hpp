#pragma once

#include <signal.h>

namespace riskbreaker::app {

/// SIGINT, SIGTERM and SIGHUP (the terminal was closed) as a file descriptor to
/// poll beside sockets, for commands that must leave cleanly. Blocks them while
/// it lives; create it before any thread.
class stop_signal {
public:
  /// Throws `std::system_error` if the system is out of descriptors.
  stop_signal();
  ~stop_signal();
  stop_signal(const stop_signal&) = delete;
  stop_signal& operator=(const stop_signal&) = delete;

  int fd() const noexcept {
    return fd_;
  }

  /// Whether one has come, now or at an earlier look. Never blocks.
  bool raised() noexcept;

private:
  sigset_t previous_{};
  int fd_ = -1;
  bool raised_ = false;
};

} // namespace riskbreaker::app
