#pragma once

#include "transport/web_head.hpp"
#include "transport/web_request_reader.hpp"
#include "transport/web_session.hpp"

#include <boost/asio/steady_timer.hpp>

#include <array>
#include <chrono>

namespace riskbreaker::transport {

/// What serves one connection; its own sources alone include this. Requests and
/// ends are in web_session.cpp, what goes out in web_session_replies.cpp.
class beast_session final : public web_session,
                            public std::enable_shared_from_this<beast_session> {
public:
  beast_session(boost::asio::ip::tcp::socket socket, const web_limits& limits,
                const web_session_hooks& hooks)
    : limits_(limits),
      hooks_(hooks),
      socket_(std::move(socket)),
      deadline_(socket_.get_executor()),
      reader_(socket_, limits) {
    // nop
  }

  void begin() {
    arm(limits_.read);
    read();
  }

  void answer(const web_reply& reply) override;
  void stream(std::string_view type,
              std::function<std::string()> next) override;
  void listen(event_kinds kinds, std::function<std::string()> next) override;
  void send(const shared_text& events) override;
  void drop() override;

  std::optional<event_kinds> listens() const override {
    return kinds_;
  }
  std::size_t owned() const override {
    return kinds_ ? 0 : out_.bytes();
  }
  std::optional<std::chrono::steady_clock::time_point>
  reading_since() const override {
    return reading_since_;
  }

private:
  enum class phase { reading, waiting, replying, listening, leaving };

  void arm(std::chrono::milliseconds limit);
  void disarm();
  void on_overdue();
  void read();
  void read_on();
  void on_read(web_request_reader::outcome x);
  void begin_waiting();
  void serve(const web_request& x);
  void refuse_and_close(unsigned status, std::string_view code,
                        const char* message);
  void begin_reply(const web_head& head);
  void write();
  void on_written(boost::system::error_code ec, std::size_t bytes);
  void refill();
  void finish();
  void leave();
  void discard();

  const web_limits& limits_;
  const web_session_hooks& hooks_;
  boost::asio::ip::tcp::socket socket_;
  boost::asio::steady_timer deadline_;
  std::uint64_t deadline_round_ = 0;
  web_request_reader reader_;
  phase phase_ = phase::reading;
  std::optional<std::chrono::steady_clock::time_point> reading_since_
    = std::chrono::steady_clock::now();
  bool begun_ = false; ///< some of the request is there
  bool head_only_ = false;
  bool keep_alive_ = true;
  bool old_client_ = false; ///< HTTP/1.0, which knows no chunks

  web_out_queue out_;
  bool writing_ = false;
  bool chunked_ = false;
  std::chrono::steady_clock::time_point reply_ends_{};
  std::function<std::string()> next_;
  std::optional<event_kinds> kinds_;
  std::array<char, 512> scratch_{};
  std::size_t discarded_ = 0;
};

} // namespace riskbreaker::transport
