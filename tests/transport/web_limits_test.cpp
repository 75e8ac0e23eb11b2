#include "tests/support/catch.hpp"
#include "tests/support/published.hpp"
#include "tests/transport/web_client.hpp"
#include "transport/web_server.hpp"

#include <memory>
#include <thread>

using namespace riskbreaker;
using namespace riskbreaker::transport;
using namespace std::chrono_literals;
using riskbreaker::tests::web_client;

namespace {

struct limited_server {
  explicit limited_server(web_limits limits) {
    web_server_config config;
    config.bind = "127.0.0.1:0";
    config.limits = limits;
    config.site.token = "secret";
    server = make_web_server(std::move(config));
    server->start({[this](std::vector<std::string> route, std::string) {
                     if (body.empty())
                       return; // a daemon that does not answer
                     server->reply({std::move(route), body});
                   },
                   [](std::vector<std::string>) {
                   }});
    auto url = server->url();
    port
      = static_cast<std::uint16_t>(std::stoi(url.substr(url.rfind(':') + 1)));
  }
  ~limited_server() {
    server->stop();
  }

  template <class F>
  bool comes(F condition) {
    for (int i = 0; i < 500; ++i, std::this_thread::sleep_for(10ms))
      if (condition())
        return true;
    return false;
  }

  std::string body;
  std::shared_ptr<web_server> server;
  std::uint16_t port = 0;
};

bool holds(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

bool healthy(std::uint16_t port) {
  web_client client{port};
  client.get("/healthz");
  return client.reply().ends_with("{\"ok\":true}");
}

} // namespace

TEST_CASE("web server: what is too long is refused and ends the connection",
          "[web_server]") {
  limited_server x{{}};
  {
    web_client client{x.port};
    client.get("/healthz", "X: " + std::string(7'000, 'x') + "\r\n");
    CHECK(client.reply().ends_with("{\"ok\":true}"));
    client.get("/healthz", "X: " + std::string(9'000, 'x') + "\r\n");
    CHECK(holds(client.read_to_end(), "HTTP/1.1 431 "));
    CHECK(client.ended);
  }
  for (std::size_t size :
       {std::size_t{65'536}, std::size_t{65'537}, std::size_t{10'000'000}}) {
    web_client client{x.port};
    client.send("POST /api/breaker HTTP/1.1\r\nHost: localhost\r\n"
                "Content-Length: "
                + std::to_string(size) + "\r\n\r\n");
    client.send(std::string(std::min<std::size_t>(size, 200'000), ' '));
    auto reply = client.read_for("\r\n\r\n");
    CHECK(holds(reply, size <= 65'536 ? "HTTP/1.1 401 " : "HTTP/1.1 413 "));
  }
  {
    web_client client{x.port}; // without a length to go by
    client.send("POST /api/breaker HTTP/1.1\r\nHost: localhost\r\n"
                "Transfer-Encoding: chunked\r\n\r\n");
    for (int i = 0; i < 20; ++i)
      client.send("1000\r\n" + std::string(0x1000, 'x') + "\r\n");
    CHECK(holds(client.read_for("\r\n\r\n"), "HTTP/1.1 413 "));
  }
  CHECK(healthy(x.port));
}

TEST_CASE("web server: garbage is no request", "[web_server]") {
  limited_server x{{}};
  for (std::string garbage :
       {std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11),
        std::string("GET\r\n\r\n"), std::string("\0\0\0\0\r\n\r\n", 8),
        std::string("GET / HTTP/9.9\r\n\r\n"),
        std::string("GET / HTTP/1.1\r\nno colon\r\n\r\n"),
        std::string("POST /api/reload HTTP/1.1\r\nHost: localhost\r\n"
                    "Content-Length: -5\r\n\r\n")}) {
    web_client client{x.port};
    client.send(garbage);
    auto reply = client.read_to_end();
    INFO(garbage);
    CHECK(client.ended);
    CHECK((reply.empty() || holds(reply, "HTTP/1.1 400 ")));
  }
  CHECK(healthy(x.port));
}

TEST_CASE("web server: who sends too slowly is cut off, who pauses is not",
          "[web_server]") {
  web_limits limits;
  limits.read = 300ms;
  limits.idle = 1'500ms;
  limited_server x{limits};
  web_client slow{x.port};
  auto began = std::chrono::steady_clock::now();
  std::string head = "GET / HTTP/1.1\r\nHost: localhost\r\nX: ";
  slow.send(head);
  while (slow.send("x") && std::chrono::steady_clock::now() - began < 5s)
    std::this_thread::sleep_for(20ms);
  CHECK(std::chrono::steady_clock::now() - began < 3s);
  web_client silent{x.port};
  silent.read_to_end();
  CHECK(silent.ended);
  web_client pausing{x.port};
  pausing.get("/healthz");
  pausing.reply();
  std::this_thread::sleep_for(600ms);
  pausing.get("/healthz");
  CHECK(pausing.reply().ends_with("{\"ok\":true}"));
  CHECK_FALSE(pausing.ended);
  pausing.read_to_end();
  CHECK(pausing.ended);
}

TEST_CASE("web server: who holds connections idle makes room for others",
          "[web_server]") {
  web_limits limits;
  limits.connections = 8;
  limits.event_clients = 4;
  limited_server x{limits};
  std::vector<std::unique_ptr<web_client>> idle;
  for (int i = 0; i < 20; ++i)
    idle.push_back(std::make_unique<web_client>(x.port));
  CHECK(healthy(x.port));
  CHECK(x.server->counts().connections <= 8);
  CHECK(x.server->counts().refused >= 12);
  idle.clear();
  // Listeners are never idle, so they may take only a part.
  std::vector<std::unique_ptr<web_client>> listeners;
  for (int i = 0; i < 6; ++i) {
    listeners.push_back(std::make_unique<web_client>(x.port));
    listeners.back()->get("/api/events");
    auto text = listeners.back()->read_for(i < 4 ? "hello" : "busy");
    CHECK(holds(text, i < 4 ? "HTTP/1.1 200 " : "HTTP/1.1 503 "));
  }
  CHECK(x.server->counts().event_clients == 4);
  CHECK(healthy(x.port));
}

TEST_CASE("web server: requests that wait are bounded", "[web_server]") {
  web_limits limits;
  limits.open_requests = 3;
  limited_server x{limits};
  std::vector<std::unique_ptr<web_client>> waiting;
  for (int i = 0; i < 3; ++i) {
    waiting.push_back(std::make_unique<web_client>(x.port));
    waiting.back()->get("/api/status");
  }
  REQUIRE(x.comes([&] { return x.server->counts().requests == 3; }));
  web_client one_more{x.port};
  one_more.get("/api/status");
  auto reply = one_more.reply();
  CHECK(holds(reply, "HTTP/1.1 503 "));
  CHECK(holds(reply, "busy"));
}

TEST_CASE(
  "web server: a listener that does not read is cut off, others are not",
  "[web_server]") {
  web_limits limits;
  limits.event_queue = 256 << 10;
  limited_server x{limits};
  web_client stuck{x.port, 4'096};
  stuck.get("/api/events");
  web_client fine{x.port};
  fine.get("/api/events");
  fine.read_for("hello");
  REQUIRE(x.comes([&] { return x.server->counts().event_clients == 2; }));
  const std::string filler(20'000, 'x');
  for (int i = 0; i < 500 && x.server->counts().cut_off == 0; ++i) {
    x.server->publish(
      tests::frame_of("breaker.a", R"({"n":")" + filler + "\"}"));
    // Reads on as fast as it comes.
    fine.read_until([](const auto&) { return false; }, 10ms);
  }
  CHECK(x.server->counts().cut_off == 1);
  CHECK_FALSE(fine.ended);
  CHECK(x.comes([&] { return x.server->counts().event_clients == 1; }));
}

TEST_CASE("web server: no transitions where replies wait for their clients",
          "[web_server]") {
  web_limits limits;
  limits.replies = 1u << 20;
  limited_server x{limits};
  x.body = R"({"ok":true,"x":")" + std::string(8u << 20, 'x') + "\"}";
  auto transitions = [&] {
    web_client client{x.port};
    client.get("/api/transitions");
    return client.reply();
  };
  CHECK(holds(transitions(), "HTTP/1.1 200 "));
  {
    web_client stuck{x.port, 4'096};
    stuck.get("/api/series");
    CHECK(x.comes([&] { return holds(transitions(), "busy"); }));
  }
  CHECK(x.comes([&] { return holds(transitions(), "HTTP/1.1 200 "); }));
}

TEST_CASE(
  "web server: a listener that takes nothing for long is cut off as well",
  "[web_server]") {
  web_limits limits;
  limits.write = 300ms;
  limits.event_queue = 64u << 20; // time ends it, not the bytes that wait
  limited_server x{limits};
  web_client stuck{x.port, 4'096};
  stuck.get("/api/events");
  REQUIRE(x.comes([&] { return x.server->counts().event_clients == 1; }));
  const std::string filler(200'000, 'x');
  for (int i = 0; i < 20; ++i)
    x.server->publish(
      tests::frame_of("breaker.a", R"({"n":")" + filler + "\"}"));
  CHECK(x.comes([&] { return x.server->counts().event_clients == 0; }));
  CHECK(x.server->counts().cut_off == 1);
}

TEST_CASE("web server: a reply that nobody takes is given up", "[web_server]") {
  web_limits limits;
  limits.write = 300ms;
  limits.replies = 12u << 20;
  limited_server x{limits};
  x.body = R"({"ok":true,"x":")" + std::string(8u << 20, 'x') + "\"}";
  web_client stuck{x.port, 4'096};
  stuck.get("/api/series");
  web_client second{x.port, 4'096};
  second.get("/api/series");
  REQUIRE(x.comes([&] { return x.server->counts().requests == 2; }));
  // More than twelve megabytes are waiting: no more are asked for.
  CHECK(x.comes([&] {
    web_client third{x.port};
    third.get("/api/series");
    return holds(third.read_for("\r\n\r\n"), "HTTP/1.1 503 ")
           || x.server->counts().connections < 2;
  }));
  CHECK(x.comes([&] { return x.server->counts().connections == 0; }));
}
