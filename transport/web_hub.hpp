#pragma once

#include "transport/web_board.hpp"
#include "transport/web_session.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <unordered_set>

namespace riskbreaker::transport {

/// Shows what was published to the clients of the HTTP server. Everything runs
/// on the server's thread, but for the board, which is for everybody.
class web_hub {
public:
  using session_ptr = std::shared_ptr<web_session>;

  web_hub(boost::asio::io_context& io, const web_limits& limits);

  /// The last final assessment of every topic.
  void latest(const session_ptr& x);
  /// The transitions of a day.
  void transitions(const session_ptr& x);
  /// Events from now on, the last values first.
  void listen(const session_ptr& x, event_kinds kinds);

  void gone(const session_ptr& x);
  /// Sends at once what has not been sent.
  void tell_news();

  /// How many listen; any thread.
  std::uint64_t listeners() const noexcept {
    return count_;
  }

  web_board board;

private:
  void retune();
  void schedule_news();
  void keep_alive();
  std::chrono::milliseconds pause() const;

  boost::asio::io_context& io_;
  const web_limits& limits_;
  std::unordered_set<session_ptr> listening_;
  std::atomic<std::uint64_t> count_{0};
  boost::asio::steady_timer news_;
  bool news_due_ = false;
  std::chrono::steady_clock::time_point last_news_{};
  boost::asio::steady_timer comments_;
};

} // namespace riskbreaker::transport
