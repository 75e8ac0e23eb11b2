#pragma once

#define BOOST_ASIO_DISABLE_FENCED_BLOCK
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <functional>
#include <string>
#include <utility> // Asio 1.74 forgets it

namespace riskbreaker::transport {

/// The HTTP server's open port.
class web_listener {
public:
  using tcp = boost::asio::ip::tcp;

  /// Listens on HOST:PORT. Throws `std::runtime_error` with a line for the user
  /// if it cannot.
  web_listener(boost::asio::io_context& io, const std::string& bind);

  /// Hands every connection to `on_accepted`, until `close`. Once only.
  void accept(std::function<void(tcp::socket)> on_accepted);
  void close();

  std::string url() const; ///< with the real port

private:
  void next();

  tcp::acceptor acceptor_;
  boost::asio::steady_timer retry_;
  std::function<void(tcp::socket)> on_accepted_;
  tcp::endpoint endpoint_;
};

} // namespace riskbreaker::transport
