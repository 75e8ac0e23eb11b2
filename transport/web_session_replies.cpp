#include "transport/web_session_state.hpp"

#include <boost/asio/buffer.hpp>

#include <algorithm>
#include <cstdio>
#include <vector>

// What goes out on a connection.

namespace riskbreaker::transport {

namespace {

namespace asio = boost::asio;
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

} // namespace

void beast_session::begin_reply(const web_head& head) {
  phase_ = phase::replying;
  reply_ends_ = clock::now() + limits_.reply;
  chunked_ = head.how == web_length::chunked;
  out_.push(share(make_head(head)));
}

void beast_session::answer(const web_reply& reply) {
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

void beast_session::stream(std::string_view type,
                           std::function<std::string()> next) {
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

void beast_session::listen(event_kinds kinds,
                           std::function<std::string()> next) {
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

void beast_session::send(const shared_text& events) {
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

void beast_session::write() {
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

void beast_session::on_written(error_code ec, std::size_t bytes) {
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
void beast_session::refill() {
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

void beast_session::finish() {
  if (!keep_alive_) {
    leave();
    return;
  }
  reading_since_ = clock::now();
  arm(limits_.idle);
  read();
}

} // namespace riskbreaker::transport
