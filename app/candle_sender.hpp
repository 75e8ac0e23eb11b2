#pragma once

#include "app/curve_options.hpp"
#include "app/stop_signal.hpp"

#include <zmq.hpp>

#include <chrono>
#include <string>

namespace riskbreaker::app {

struct candle_sender_config {
  std::string address = "tcp://127.0.0.1:5555";
  curve_options curve{};
  /// How long a daemon may take nothing at all before it counts as gone.
  std::chrono::milliseconds timeout{10'000};
  int high_water = 1'000; ///< frames that wait here; more holds `send` back
};

enum class send_result {
  sent,
  nobody, ///< no daemon was ever there
  stuck,  ///< it was, but has taken nothing for the whole timeout
  interrupted,
};

/// Sends frames to a daemon's PULL socket so that none is lost on the way out:
/// waits for a listener first, is held back when it is slow, and flushes at the
/// end.
class candle_sender {
public:
  /// Throws `zmq::error_t` if the address is malformed, `curve_error` if a key
  /// file is.
  candle_sender(candle_sender_config config, stop_signal& stop);

  send_result send(const std::string& frame);

  /// Waits, but leaves early on a signal: false then.
  bool wait(std::chrono::nanoseconds time);

  /// Closes, after what waits here has left; false if it did not in time.
  bool finish();

private:
  send_result wait_for_listener();
  send_result give_up(send_result why);

  candle_sender_config config_;
  stop_signal& stop_;
  zmq::context_t context_;
  zmq::socket_t socket_;
  zmq::socket_t monitor_;
  bool connected_ = false;
};

} // namespace riskbreaker::app
