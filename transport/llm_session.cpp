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
    : x_hooks(hooks),
      x_socket(std::move(socket)),
      x_timer(x_socket.get_executor()) {
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

  const llm_session_hooks& x_hooks;
  tcp::socket x_socket;
  asio::steady_timer x_timer;
  beast::flat_buffer x_buffer;
  std::optional<http::request_parser<http::string_body>> x_parser;
  desk_reply x_reply;
  std::size_t x_step = 0;
  std::size_t x_round = 0; ///< within a step that is sent in parts
  bool x_watching = false;
  std::uint64_t x_request = 0; ///< tells a late watch that it is late
};

void session::read() {
  ++x_request;
  x_parser.emplace();
  x_parser->body_limit(max_body);
  http::async_read(
    x_socket, x_buffer, *x_parser,
    [self = shared_from_this()](error_code ec, std::size_t) {
      if (ec) {
        self->drop(false);
        return;
      }
      const auto& message = self->x_parser->get();
      const auto method = message.method_string();
      const auto target = message.target();
      self->x_reply = self->x_hooks.answer(
        {{method.data(), method.size()},
         {target.data(), target.size()},
         message.body(),
         message.find(http::field::authorization) != message.end(),
         message.keep_alive()});
      self->x_step = self->x_round = 0;
      self->play();
    });
}

void session::play() {
  const auto& script = x_reply.script;
  if (x_step < script.steps.size()) {
    const auto pause = script.steps[x_step].before;
    if (pause <= 0ms) {
      send();
      return;
    }
    watch();
    x_timer.expires_after(pause);
    x_timer.async_wait([self = shared_from_this()](error_code ec) {
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
      return;
    case reply_end::keep:
      x_watching = false;
      x_socket.cancel(ignored); // the watch; nothing else is pending
      over(false);
      x_hooks.replied(); // may end this session
      if (x_socket.is_open())
        read();
  }
}

void session::send() {
  const auto& step = x_reply.script.steps[x_step];
  auto bytes = asio::buffer(step.bytes);
  if (step.bytewise)
    bytes = asio::buffer(bytes + x_round, 1);
  if (step.times == 0 || bytes.size() == 0)
    sent({});
  else
    asio::async_write(x_socket, bytes,
                      [self = shared_from_this()](error_code ec, std::size_t) {
                        self->sent(ec);
                      });
}

void session::sent(error_code ec) {
  if (ec) {
    drop(false);
    return;
  }
  const auto& step = x_reply.script.steps[x_step];
  if (++x_round >= (step.bytewise ? step.bytes.size() : step.times)) {
    ++x_step;
    x_round = 0;
  }
  play();
}

/// Notices that the client leaves while it waits.
void session::watch() {
  if (std::exchange(x_watching, true))
    return;
  x_socket.async_wait(
    tcp::socket::wait_read,
    [self = shared_from_this(), request = x_request](error_code ec) {
      if (ec == asio::error::operation_aborted || request != self->x_request)
        return;
      // Bytes of a next request say nothing; an end does.
      error_code ignored;
      if (self->x_socket.available(ignored) == 0)
        self->drop(false);
    });
}

void session::over(bool abandoned) {
  if (std::exchange(x_reply.counted, false))
    x_hooks.finished(abandoned);
}

void session::drop(bool reset) {
  if (!x_socket.is_open())
    return;
  over(true);
  error_code ignored;
  if (reset)
    x_socket.set_option(asio::socket_base::linger{true, 0}, ignored);
  else
    x_socket.shutdown(tcp::socket::shutdown_both, ignored);
  x_timer.cancel();
  x_socket.close(ignored);
  x_hooks.gone(shared_from_this());
}

} // namespace

std::shared_ptr<llm_session> serve_llm_session(tcp::socket socket,
                                               const llm_session_hooks& hooks) {
  auto client = std::make_shared<session>(std::move(socket), hooks);
  client->read();
  return client;
}

} // namespace riskbreaker::transport
