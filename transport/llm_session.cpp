#include "transport/llm_session.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include <optional>

namespace riskbreaker::transport {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;
using namespace std::chrono_literals;

constexpr std::uint64_t max_body = 16u << 20;

/// One connection: reads a request, plays the script for it, and again.
class session final : public llm_session,
                      public std::enable_shared_from_this<session> {
public:
  session(tcp::socket socket, const llm_session_hooks& hooks)
    : hooks_(hooks),
      socket_(std::move(socket)),
      timer_(socket_.get_executor()) {
    // nop
  }

  void read();
  void drop(bool reset) override;

private:
  void play();
  void send();
  void sent(error_code ec);
  void watch();
  void over(bool abandoned);

  const llm_session_hooks& hooks_;
  tcp::socket socket_;
  asio::steady_timer timer_;
  beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::string_body>> parser_;
  desk_reply reply_;
  std::size_t step_ = 0;
  std::size_t round_ = 0; ///< within a step that is sent in parts
  bool watching_ = false;
  std::uint64_t request_ = 0; ///< tells a late watch that it is late
};

void session::read() {
  ++request_;
  parser_.emplace();
  parser_->body_limit(max_body);
  http::async_read(
    socket_, buffer_, *parser_,
    [self = shared_from_this()](error_code ec, std::size_t) {
      if (ec) {
        self->drop(false);
        return;
      }
      const auto& message = self->parser_->get();
      const auto method = message.method_string();
      const auto target = message.target();
      self->reply_ = self->hooks_.answer(
        {{method.data(), method.size()},
         {target.data(), target.size()},
         message.body(),
         message.find(http::field::authorization) != message.end(),
         message.keep_alive()});
      self->step_ = self->round_ = 0;
      self->play();
    });
}

void session::play() {
  const auto& script = reply_.script;
  // What is not sent is not waited for either.
  while (step_ < script.steps.size() && script.steps[step_].times == 0)
    ++step_;
  if (step_ < script.steps.size()) {
    const auto pause = script.steps[step_].before;
    if (pause <= 0ms) {
      send();
      return;
    }
    watch();
    timer_.expires_after(pause);
    timer_.async_wait([self = shared_from_this()](error_code ec) {
      if (!ec)
        self->send();
    });
    return;
  }
  error_code ignored;
  switch (script.end) {
    case reply_end::hang:
      watch();
      return;
    case reply_end::reset:
    case reply_end::close:
      over(false);
      drop(script.end == reply_end::reset);
      hooks_.replied(); // a control request that closes its connection counts
      return;
    case reply_end::keep:
      watching_ = false;
      socket_.cancel(ignored); // the watch; nothing else is pending
      over(false);
      hooks_.replied(); // may end this session
      if (socket_.is_open())
        read();
  }
}

void session::send() {
  const auto& step = reply_.script.steps[step_];
  auto bytes = asio::buffer(step.bytes);
  if (step.bytewise)
    bytes = asio::buffer(bytes + round_, 1);
  if (bytes.size() == 0)
    sent({});
  else
    asio::async_write(socket_, bytes,
                      [self = shared_from_this()](error_code ec, std::size_t) {
                        self->sent(ec);
                      });
}

void session::sent(error_code ec) {
  if (ec) {
    drop(false);
    return;
  }
  const auto& step = reply_.script.steps[step_];
  if (++round_ >= (step.bytewise ? step.bytes.size() : step.times)) {
    ++step_;
    round_ = 0;
  }
  play();
}

/// Notices that the client leaves while it waits.
void session::watch() {
  if (std::exchange(watching_, true))
    return;
  socket_.async_wait(
    tcp::socket::wait_read,
    [self = shared_from_this(), request = request_](error_code ec) {
      if (ec == asio::error::operation_aborted || request != self->request_)
        return;
      // Bytes of a next request say nothing; an end does.
      error_code ignored;
      if (self->socket_.available(ignored) == 0)
        self->drop(false);
    });
}

void session::over(bool abandoned) {
  if (std::exchange(reply_.counted, false))
    hooks_.finished(abandoned);
}

void session::drop(bool reset) {
  if (!socket_.is_open())
    return;
  over(true);
  error_code ignored;
  if (reset)
    socket_.set_option(asio::socket_base::linger{true, 0}, ignored);
  else
    socket_.shutdown(tcp::socket::shutdown_both, ignored);
  timer_.cancel();
  socket_.close(ignored);
  hooks_.gone(shared_from_this());
}

} // namespace

std::shared_ptr<llm_session> serve_llm_session(tcp::socket socket,
                                               const llm_session_hooks& hooks) {
  auto client = std::make_shared<session>(std::move(socket), hooks);
  client->read();
  return client;
}

} // namespace riskbreaker::transport
