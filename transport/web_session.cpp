#include "transport/web_session.hpp"

#include "transport/web_head.hpp"
#include "transport/web_request_reader.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <array>
#include <cstdio>
#include <vector>

namespace riskbreaker::transport {

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

shared_text share(std::string text) {
  return std::make_shared<const std::string>(std::move(text));
}

std::string chunk_of(const std::string& bytes) {
  char size[20];
  std::snprintf(size, sizeof size, "%zx\r\n", bytes.size());
  return size + bytes + "\r\n";
}

class session final : public web_session,
                      public std::enable_shared_from_this<session> {
public:
  session(tcp::socket socket, const web_limits& limits,
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
  std::optional<clock::time_point> reading_since() const override {
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
  void on_written(error_code ec, std::size_t bytes);
  void refill();
  void finish();
  void leave();
  void discard();

  const web_limits& limits_;
  const web_session_hooks& hooks_;
  tcp::socket socket_;
  asio::steady_timer deadline_;
  std::uint64_t deadline_round_ = 0;
  web_request_reader reader_;
  phase phase_ = phase::reading;
  std::optional<clock::time_point> reading_since_ = clock::now();
  bool begun_ = false; ///< some of the request is there
  bool head_only_ = false;
  bool keep_alive_ = true;
  bool old_client_ = false; ///< HTTP/1.0, which knows no chunks

  web_out_queue out_;
  bool writing_ = false;
  bool chunked_ = false;
  clock::time_point reply_ends_{};
  std::function<std::string()> next_;
  std::optional<event_kinds> kinds_;
  std::array<char, 512> scratch_{};
  std::size_t discarded_ = 0;
};

void session::arm(std::chrono::milliseconds limit) {
  deadline_.expires_after(limit);
  // One that came due while it was being cancelled no longer counts.
  deadline_.async_wait(
    [weak = weak_from_this(), round = ++deadline_round_](error_code ec) {
      auto self = weak.lock();
      if (self && !ec && round == self->deadline_round_)
        self->on_overdue();
    });
}

void session::disarm() {
  ++deadline_round_;
  deadline_.cancel();
}

void session::on_overdue() {
  if (phase_ == phase::listening)
    hooks_.cut_off();
  drop();
}

// -- requests
// --------------------------------------------------------------------

void session::read() {
  phase_ = phase::reading;
  begun_ = reader_.begin();
  if (begun_) // a pipelined request
    arm(limits_.read);
  read_on();
}

void session::read_on() {
  reader_.read([self = shared_from_this()](web_request_reader::outcome x) {
    if (self->socket_.is_open())
      self->on_read(x);
  });
}

void session::on_read(web_request_reader::outcome x) {
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

void session::begin_waiting() {
  reading_since_.reset();
  disarm();
  phase_ = phase::waiting;
}

void session::serve(const web_request& x) {
  old_client_ = x.old_client;
  keep_alive_ = x.keep_alive;
  head_only_ = x.method == "HEAD";
  hooks_.request(shared_from_this(), x);
}

void session::refuse_and_close(unsigned status, std::string_view code,
                               const char* message) {
  begin_waiting();
  keep_alive_ = false;
  head_only_ = false;
  answer(refuse(status, code, message));
}

// -- replies
// ---------------------------------------------------------------------

void session::begin_reply(const web_head& head) {
  phase_ = phase::replying;
  reply_ends_ = clock::now() + limits_.reply;
  chunked_ = head.how == web_length::chunked;
  out_.push(share(make_head(head)));
}

void session::answer(const web_reply& reply) {
  if (phase_ != phase::waiting)
    return;
  web_head head;
  head.status = reply.status;
  head.type = reply.type;
  head.length = reply.page.empty() ? reply.text.size() : reply.page.size();
  head.keep_alive = keep_alive_;
  head.page = !reply.etag.empty();
  head.etag = reply.etag;
  head.allow = reply.allow;
  begin_reply(head);
  if (!head_only_ && reply.status != 304) {
    if (!reply.page.empty())
      out_.push_static(reply.page);
    else
      out_.push(share(reply.text));
  }
  write();
}

void session::stream(std::string_view type, std::function<std::string()> next) {
  if (phase_ != phase::waiting)
    return;
  web_head head;
  head.type = type;
  keep_alive_ = keep_alive_ && !old_client_;
  head.how = old_client_ ? web_length::until_close : web_length::chunked;
  head.keep_alive = keep_alive_;
  begin_reply(head);
  if (!head_only_)
    next_ = std::move(next);
  write();
}

void session::listen(event_kinds kinds, std::function<std::string()> next) {
  if (phase_ != phase::waiting)
    return;
  web_head head;
  head.type = "text/event-stream";
  head.how = web_length::until_close;
  head.keep_alive = keep_alive_ = false;
  begin_reply(head);
  if (head_only_) {
    write();
    return;
  }
  phase_ = phase::listening;
  kinds_ = kinds;
  next_ = std::move(next);
  out_.push(share(": hello\nretry: 2000\n\n"));
  write();
  discard();
}

void session::send(const shared_text& events) {
  if (phase_ != phase::listening)
    return;
  if (out_.bytes() + events->size() > limits_.event_queue) {
    hooks_.cut_off();
    drop();
    return;
  }
  out_.push(events);
  write();
}

void session::write() {
  if (writing_ || !socket_.is_open())
    return;
  if (out_.empty())
    refill();
  if (out_.empty()) {
    if (phase_ == phase::replying)
      finish();
    else
      disarm();
    return;
  }
  auto limit = limits_.write;
  if (phase_ == phase::replying)
    limit = std::min(limit, std::chrono::ceil<std::chrono::milliseconds>(
                              reply_ends_ - clock::now()));
  arm(std::max(limit, 1ms));
  std::vector<asio::const_buffer> buffers;
  for (auto text : out_.front())
    buffers.push_back(asio::buffer(text));
  writing_ = true;
  socket_.async_write_some(
    buffers, [self = shared_from_this()](error_code ec, std::size_t bytes) {
      self->on_written(ec, bytes);
    });
}

void session::on_written(error_code ec, std::size_t bytes) {
  writing_ = false;
  if (!socket_.is_open())
    return;
  if (ec) {
    drop();
    return;
  }
  out_.sent(bytes);
  write();
}

/// The next piece of a body that comes in pieces.
void session::refill() {
  if (!next_)
    return;
  auto text = next_();
  if (text.empty()) {
    next_ = nullptr;
    if (std::exchange(chunked_, false))
      out_.push(share("0\r\n\r\n"));
  } else {
    out_.push(share(chunked_ ? chunk_of(text) : std::move(text)));
  }
}

void session::finish() {
  if (!keep_alive_) {
    leave();
    return;
  }
  reading_since_ = clock::now();
  arm(limits_.idle);
  read();
}

// -- ends
// ------------------------------------------------------------------------

/// Lets the client read what was sent: a socket that is closed with bytes still
/// coming in takes the reply back.
void session::leave() {
  phase_ = phase::leaving;
  error_code ignored;
  socket_.shutdown(tcp::socket::shutdown_send, ignored);
  arm(2s);
  discard();
}

/// Notices that the client goes; what it sends meanwhile is of no interest.
void session::discard() {
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

void session::drop() {
  if (!socket_.is_open())
    return;
  error_code ignored;
  disarm();
  socket_.shutdown(tcp::socket::shutdown_both, ignored);
  socket_.close(ignored);
  next_ = nullptr;
  hooks_.gone(shared_from_this());
}

} // namespace

std::shared_ptr<web_session> serve_web_session(tcp::socket socket,
                                               const web_limits& limits,
                                               const web_session_hooks& hooks) {
  auto out = std::make_shared<session>(std::move(socket), limits, hooks);
  out->begin();
  return out;
}

} // namespace riskbreaker::transport
