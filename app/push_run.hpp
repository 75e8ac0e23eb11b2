#pragma once

#include "app/bad_rows.hpp"
#include "app/candle_files.hpp"
#include "app/candle_framer.hpp"
#include "app/candle_sender.hpp"
#include "app/progress_bar.hpp"
#include "app/push.hpp"
#include "app/stop_signal.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

namespace riskbreaker::app {

/// One run of `push`, from the first row to the last.
class push_run {
public:
  /// Throws `zmq::error_t` if the address is malformed, `curve_error` if a key
  /// file is.
  push_run(const push_options& options, console con);

  /// Returns the exit code. Throws `candle_file_error`.
  int run();

private:
  struct followed {
    std::unique_ptr<growing_candle_file> file;
    bad_rows bad;
    std::uint64_t restarts = 0;
  };

  // Each returns false if the rest could not be sent, and has said why.
  bool push_files();
  bool push_lines();
  /// Ends with a signal, which is what it waits for.
  bool follow_files();
  /// What the file holds by now.
  bool push_rest(followed& x, const std::string& path);
  bool take(const file_row& row, bad_rows& bad);
  bool flush();
  bool send(const candle_frame& frame);
  /// Keeps to the rate; history goes as fast as it is taken.
  bool pace(const candle_frame& frame);

  int complain(const std::string& what);
  void bad_row(bad_rows& bad, const row_error& x);
  void tell_rest(const bad_rows& bad);
  bool interrupted();

  const push_options& options_;
  console con_;
  stop_signal stop_; // before the sender, whose threads inherit its mask
  candle_sender sender_;
  candle_framer framer_;
  progress_bar progress_;
  std::uint64_t sent_ = 0;
  std::uint64_t bad_ = 0;
  std::uint64_t paced_ = 0;
  std::chrono::steady_clock::time_point pace_start_{};
  bool lines_ = false;
};

} // namespace riskbreaker::app
