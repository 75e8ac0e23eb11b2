#include "transport/web_listener.hpp"

#include "transport/web_request.hpp"

#include <stdexcept>

namespace riskbreaker::transport {

namespace asio = boost::asio;
using boost::system::error_code;
using namespace std::chrono_literals;

web_listener::web_listener(asio::io_context& io, const std::string& bind)
  : acceptor_(io), retry_(io) {
  const auto colon = bind.rfind(':');
  try {
    if (colon == bind.npos)
      throw boost::system::system_error(asio::error::invalid_argument);
    const auto found = tcp::resolver{io}.resolve(
      std::string{host_part(bind)}, bind.substr(colon + 1),
      tcp::resolver::passive | tcp::resolver::numeric_service);
    const tcp::endpoint at = *found.begin();
    acceptor_.open(at.protocol());
    acceptor_.set_option(asio::socket_base::reuse_address{true});
    acceptor_.bind(at);
    acceptor_.listen(asio::socket_base::max_listen_connections);
    endpoint_ = acceptor_.local_endpoint();
  } catch (const boost::system::system_error& x) {
    throw std::runtime_error(
      "http.bind: cannot listen on " + bind + ": " + x.code().message()
      + "; choose another port, or null for no HTTP server");
  }
}

void web_listener::accept(std::function<void(tcp::socket)> on_accepted) {
  on_accepted_ = std::move(on_accepted);
  next();
}

void web_listener::next() {
  acceptor_.async_accept([this](error_code ec, tcp::socket socket) {
    if (!acceptor_.is_open())
      return;
    if (ec) { // no descriptors left: sessions that end will free some
      retry_.expires_after(20ms);
      retry_.async_wait([this](error_code stopped) {
        if (!stopped && acceptor_.is_open())
          next();
      });
      return;
    }
    next(); // first: a fault with this connection must not end the others
    error_code ignored;
    socket.set_option(tcp::no_delay{true}, ignored);
    // What the kernel keeps for those who do not read is bounded as well.
    socket.set_option(asio::socket_base::send_buffer_size{256 << 10}, ignored);
    on_accepted_(std::move(socket));
  });
}

void web_listener::close() {
  error_code ignored;
  acceptor_.close(ignored);
  retry_.cancel();
}

std::string web_listener::url() const {
  const auto address = endpoint_.address();
  const auto host = address.to_string();
  return "http://" + (address.is_v6() ? '[' + host + ']' : host) + ':'
         + std::to_string(endpoint_.port());
}

} // namespace riskbreaker::transport
