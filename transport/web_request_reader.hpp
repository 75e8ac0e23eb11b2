#pragma once

#include "transport/web_limits.hpp"
#include "transport/web_request.hpp"

// One thread runs all of it; and ThreadSanitizer does not understand fences.
#define BOOST_ASIO_DISABLE_FENCED_BLOCK
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <functional>
#include <optional>
#include <utility> // Asio 1.74 forgets it

namespace riskbreaker::transport {

/// Reads the requests of one connection, one after the other.
class web_request_reader {
public:
  enum class outcome {
    part,  ///< some of it came; read on
    whole, ///< `take` has it
    long_head,
    long_body,
    nonsense, ///< no HTTP
    gone,     ///< the client has left
  };

  web_request_reader(boost::asio::ip::tcp::socket& socket,
                     const web_limits& limits);

  /// Begins with the next request. Returns whether something of it is there.
  bool begin();
  /// Reads some more; `done` is called once, and not from within.
  void read(std::function<void(outcome)> done);
  web_request take();

private:
  using parser
    = boost::beast::http::request_parser<boost::beast::http::string_body>;

  boost::asio::ip::tcp::socket& socket_;
  const web_limits& limits_;
  boost::beast::flat_buffer buffer_;
  std::optional<parser> parser_;
};

} // namespace riskbreaker::transport
