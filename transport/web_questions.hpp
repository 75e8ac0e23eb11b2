#pragma once

#include "transport/web_board.hpp"
#include "transport/web_server.hpp"
#include "transport/web_session.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

namespace riskbreaker::transport {

/// What HTTP clients have asked the daemon and it has not answered yet. All of
/// it runs on the server's thread.
class web_questions {
public:
  using session_ptr = std::shared_ptr<web_session>;

  struct question {
    session_ptr client;
    bool ready = false; ///< whether the daemon is ready
    bool metrics = false;
    boost::asio::steady_timer deadline;
  };

  web_questions(boost::asio::io_context& io, const web_server_config& config,
                const web_board& board)
    : io_(io), config_(config), board_(board) {
    // nop
  }

  /// Before the first question.
  void begin(web_handlers handlers) {
    handlers_ = std::move(handlers);
  }
  /// From now on nobody is asked.
  void stop_asking() {
    asking_ = false;
  }
  /// Those who wait are answered no more.
  void forget() {
    open_.clear();
  }
  /// Lets go of the handlers, which may hold whoever holds this.
  void end() {
    handlers_ = {};
  }

  /// Null asks for the metrics. `busy`: the server has no room for the reply.
  void ask(const session_ptr& x, const ask_control* command, bool busy);

  /// The question that a reply is for; nothing if it came too late.
  std::optional<question> take(const control_reply& x);

  web_reply reply_of(const question& asked, const std::string& body) const;

private:
  void on_overdue(std::uint64_t id);

  boost::asio::io_context& io_;
  const web_server_config& config_;
  const web_board& board_;
  web_handlers handlers_;
  std::unordered_map<std::uint64_t, question> open_;
  std::uint64_t next_id_ = 1;
  bool asking_ = true;
};

/// To whoever must come again.
web_reply too_busy();

} // namespace riskbreaker::transport
