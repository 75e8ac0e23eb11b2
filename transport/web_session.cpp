#include "transport/web_session_state.hpp"

#include <boost/asio/buffer.hpp>

#include <utility>

// The requests that come in on a connection, its time limits and its end.

namespace riskbreaker::transport {

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

} // namespace

void beast_session::arm(std::chrono::milliseconds limit) {
  deadline_.expires_after(limit);
  // One that came due while it was being cancelled no longer counts.
  deadline_.async_wait(
    [weak = weak_from_this(), round = ++deadline_round_](error_code ec) {
      auto self = weak.lock();
      if (self && !ec && round == self->deadline_round_)
        self->on_overdue();
    });
}

void beast_session::disarm() {
  ++deadline_round_;
  deadline_.cancel();
}

void beast_session::on_overdue() {
  if (phase_ == phase::listening)
    hooks_.cut_off();
  drop();
}

// -- requests
// --------------------------------------------------------------------

void beast_session::read() {
  phase_ = phase::reading;
  begun_ = reader_.begin();
  if (begun_) // a pipelined request
    arm(limits_.read);
  read_on();
}

void beast_session::read_on() {
  reader_.read([self = shared_from_this()](web_request_reader::outcome x) {
    if (self->socket_.is_open())
      self->on_read(x);
  });
}

void beast_session::on_read(web_request_reader::outcome x) {
  using outcome = web_request_reader::outcome;
  switch (x) {
    case outcome::part:
      // It has begun: from here on it has to come, however slowly its client
      // sends.
      if (!std::exchange(begun_, true))
        arm(limits_.read);
      read_on();
      break;
    case outcome::whole:
      begin_waiting();
      serve(reader_.take());
      break;
    case outcome::long_head:
      refuse_and_close(431, "too_large", "the head of the request is too long");
      break;
    case outcome::long_body:
      refuse_and_close(413, "too_large", "the body of the request is too long");
      break;
    case outcome::nonsense:
      refuse_and_close(400, "bad_request", "this is no HTTP request");
      break;
    case outcome::gone:
      drop();
  }
}

void beast_session::begin_waiting() {
  reading_since_.reset();
  disarm();
  phase_ = phase::waiting;
}

void beast_session::serve(const web_request& x) {
  old_client_ = x.old_client;
  keep_alive_ = x.keep_alive;
  head_only_ = x.method == "HEAD";
  hooks_.request(shared_from_this(), x);
}

void beast_session::refuse_and_close(unsigned status, std::string_view code,
                                     const char* message) {
  begin_waiting();
  keep_alive_ = false;
  head_only_ = false;
  answer(refuse(status, code, message));
}

// -- ends
// ------------------------------------------------------------------------

/// Lets the client read what was sent: a socket that is closed with bytes still
/// coming in takes the reply back.
void beast_session::leave() {
  phase_ = phase::leaving;
  error_code ignored;
  socket_.shutdown(tcp::socket::shutdown_send, ignored);
  arm(2s);
  discard();
}

/// Notices that the client goes; what it sends meanwhile is of no interest.
void beast_session::discard() {
  socket_.async_read_some(
    asio::buffer(scratch_),
    [self = shared_from_this()](error_code ec, std::size_t bytes) {
      constexpr std::size_t enough = 1u << 20;
      self->discarded_ += bytes;
      if (ec || self->discarded_ > enough)
        self->drop();
      else
        self->discard();
    });
}

void beast_session::drop() {
  if (!socket_.is_open())
    return;
  error_code ignored;
  disarm();
  socket_.shutdown(tcp::socket::shutdown_both, ignored);
  socket_.close(ignored);
  next_ = nullptr;
  hooks_.gone(shared_from_this());
}

std::shared_ptr<web_session> serve_web_session(tcp::socket socket,
                                               const web_limits& limits,
                                               const web_session_hooks& hooks) {
  auto out = std::make_shared<beast_session>(std::move(socket), limits, hooks);
  out->begin();
  return out;
}

} // namespace riskbreaker::transport
