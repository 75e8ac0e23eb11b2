#include "transport/web_request_reader.hpp"

#include <boost/beast/http.hpp>

#include <string>

namespace riskbreaker::transport {

namespace {

namespace http = boost::beast::http;
using boost::system::error_code;
using outcome = web_request_reader::outcome;

template <class Text>
std::string copy_of(const Text& x) {
  return {x.data(), x.size()};
}

outcome outcome_of(error_code ec, bool whole) {
  if (!ec)
    return whole ? outcome::whole : outcome::part;
  if (ec == http::error::header_limit || ec == http::error::buffer_overflow)
    return outcome::long_head;
  if (ec == http::error::body_limit)
    return outcome::long_body;
  const auto from_parser
    = ec.category() == make_error_code(http::error::bad_method).category();
  if (!from_parser || ec == http::error::end_of_stream
      || ec == http::error::partial_message)
    return outcome::gone;
  return outcome::nonsense;
}

} // namespace

web_request_reader::web_request_reader(boost::asio::ip::tcp::socket& socket,
                                       const web_limits& limits)
  : socket_(socket), limits_(limits), buffer_(limits.head + limits.body) {
  // nop
}

bool web_request_reader::begin() {
  parser_.emplace();
  parser_->header_limit(static_cast<std::uint32_t>(limits_.head));
  parser_->body_limit(limits_.body);
  parser_->eager(true);
  return buffer_.size() > 0;
}

void web_request_reader::read(std::function<void(outcome)> done) {
  http::async_read_some(
    socket_, buffer_, *parser_,
    [this, done = std::move(done)](error_code ec, std::size_t) {
      // Where the client is gone, maybe the session that owns this is as well,
      // but for what `done` holds.
      done(outcome_of(ec, parser_->is_done()));
    });
}

web_request web_request_reader::take() {
  auto& message = parser_->get();
  auto field = [&](http::field name) {
    return copy_of(message[name]);
  };
  web_request out;
  out.method = copy_of(message.method_string());
  out.target = copy_of(message.target());
  out.has_host = message.find(http::field::host) != message.end();
  out.host = field(http::field::host);
  if (message.find(http::field::origin) != message.end())
    out.origin = field(http::field::origin);
  out.authorization = field(http::field::authorization);
  out.content_type = field(http::field::content_type);
  out.if_none_match = field(http::field::if_none_match);
  out.body = std::move(message.body());
  out.keep_alive = message.keep_alive();
  out.old_client = message.version() < 11;
  return out;
}

} // namespace riskbreaker::transport
