#include "tests/support/catch.hpp"
#include "tests/transport/web_client.hpp"
#include "transport/web_listener.hpp"

#include <stdexcept>

using namespace riskbreaker::transport;
using namespace std::chrono_literals;
using riskbreaker::tests::web_client;

TEST_CASE("web listener: a fault with one connection does not end the others",
          "[web_listener]") {
  boost::asio::io_context io;
  web_listener listener{io, "127.0.0.1:0"};
  int accepted = 0;
  listener.accept([&](web_listener::tcp::socket) {
    if (++accepted == 1)
      throw std::runtime_error("planted");
  });
  const auto url = listener.url();
  const auto port
    = static_cast<std::uint16_t>(std::stoi(url.substr(url.rfind(':') + 1)));
  web_client first{port};
  web_client second{port};
  int faults = 0;
  for (int i = 0; i < 50 && accepted < 2; ++i)
    try {
      io.run_one_for(100ms);
    } catch (const std::runtime_error&) {
      ++faults;
    }
  CHECK(accepted == 2);
  CHECK(faults == 1);
}
