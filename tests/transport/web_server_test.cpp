#include "tests/support/catch.hpp"
#include "tests/support/published.hpp"
#include "tests/transport/web_client.hpp"
#include "transport/web_server.hpp"

#include <atomic>
#include <memory>
#include <mutex>
#include <thread>

using namespace riskbreaker;
using namespace riskbreaker::transport;
using namespace std::chrono_literals;
using riskbreaker::tests::web_client;

namespace {

/// A server whose daemon answers at once with what it was asked, or never.
struct web_fixture {
  explicit web_fixture(web_limits limits = {}) {
    web_server_config config;
    config.bind = "127.0.0.1:0";
    config.limits = limits;
    config.patience = 300ms;
    config.metrics_patience = 200ms;
    config.site.version = "1.2.3";
    config.site.pages["/"] = {"text/html", page, "sha256-x"};
    config.on_fault = [this](const std::string& what) {
      fault = what;
      ++faults;
    };
    server = make_web_server(std::move(config));
    web_handlers handlers;
    handlers.control
      = [this](std::vector<std::string> route, std::string body) {
          asked = body;
          if (body.find("config") != body.npos)
            throw std::runtime_error("planted");
          if (answers)
            server->reply(
              {std::move(route), R"({"ok":true,"asked":)" + body + "}"});
        };
    handlers.metrics = [this](std::vector<std::string> route) {
      if (answers)
        server->reply({std::move(route), "a_metric 1\n"});
    };
    server->start(std::move(handlers));
    auto url = server->url();
    port
      = static_cast<std::uint16_t>(std::stoi(url.substr(url.rfind(':') + 1)));
  }
  ~web_fixture() {
    server->stop();
  }

  void publish(std::string_view topic, std::string_view payload,
               bool keep = true) {
    server->publish(tests::frame_of(topic, payload, keep));
  }

  template <class F>
  bool comes(F condition) {
    for (int i = 0; i < 500; ++i, std::this_thread::sleep_for(10ms))
      if (condition())
        return true;
    return false;
  }

  std::string page = "<p>the page</p>";
  std::atomic<bool> answers{true};
  std::string asked;
  std::string fault;
  std::atomic<int> faults{0};
  std::shared_ptr<web_server> server;
  std::uint16_t port = 0;
};

std::string status_line(const std::string& reply) {
  return reply.substr(0, reply.find('\r'));
}

bool holds(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("web server: one connection serves one request after the other",
          "[web_server]") {
  web_fixture x;
  web_client client{x.port};
  client.get("/");
  auto page = client.reply();
  CHECK(status_line(page) == "HTTP/1.1 200 OK");
  CHECK(page.ends_with(x.page));
  for (const char* header :
       {"X-Content-Type-Options: nosniff\r\n",
        "Referrer-Policy: no-referrer\r\n",
        "Content-Security-Policy: default-src 'none'; script-src 'self';",
        "ETag: \"sha256-x\"\r\n", "Cache-Control: no-cache\r\n"})
    CHECK(holds(page, header));
  client.get("/", "If-None-Match: \"sha256-x\"\r\n");
  CHECK(status_line(client.reply()) == "HTTP/1.1 304 Not Modified");
  client.get("/api/status");
  auto status = client.reply();
  CHECK(status.ends_with(R"({"ok":true,"asked":{"cmd":"status"}})"));
  CHECK(holds(status, "Cache-Control: no-store\r\n"));
  client.get("/metrics");
  auto metrics = client.reply();
  CHECK(holds(metrics, "Content-Type: text/plain; version=0.0.4"));
  CHECK(metrics.ends_with("a_metric 1\n"));
  CHECK(x.server->counts().requests == 4);
  CHECK(x.server->counts().connections == 1);
}

TEST_CASE("web server: requests in one go are answered in order",
          "[web_server]") {
  web_fixture x;
  web_client client{x.port};
  std::string all;
  for (auto path : {"/api/stats", "/nowhere", "/healthz"})
    all += std::string{"GET "} + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
  client.send(all);
  CHECK(holds(client.reply(), "\"stats\""));
  CHECK(status_line(client.reply()) == "HTTP/1.1 404 Not Found");
  CHECK(client.reply().ends_with("{\"ok\":true}"));
}

TEST_CASE("web server: HEAD has no body, HTTP/1.0 ends the connection",
          "[web_server]") {
  web_fixture x;
  web_client client{x.port};
  client.send("HEAD / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
              "GET /healthz HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n");
  auto all = client.read_to_end();
  CHECK(client.ended);
  CHECK(holds(all, "Content-Length: 15\r\n"));
  CHECK_FALSE(holds(all, x.page));
  CHECK(all.ends_with("{\"ok\":true}"));
}

TEST_CASE("web server: events behind a HEAD of a reply in pieces are no pieces",
          "[web_server]") {
  web_fixture x;
  web_client client{x.port};
  client.send("HEAD /api/latest HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
  CHECK(client.reply().find("Transfer-Encoding: chunked") != std::string::npos);
  x.publish("risk.a", R"({"n":1})");
  client.get("/api/events");
  auto text = client.read_for("\"n\":1");
  auto body = text.substr(text.find("\r\n\r\n") + 4);
  CHECK(body.starts_with(": hello\nretry: 2000\n\nevent: "));
  CHECK(body.find('\r') == std::string::npos);
}

TEST_CASE("web server: a daemon that is busy is said to be so",
          "[web_server]") {
  web_fixture x;
  x.answers = false;
  for (auto path : {"/api/status", "/metrics", "/readyz"}) {
    web_client client{x.port};
    client.get(path);
    auto reply = client.reply();
    CHECK(status_line(reply) == "HTTP/1.1 503 Service Unavailable");
    CHECK(holds(reply, "\"timeout\""));
  }
  x.answers = true;
  web_client client{x.port};
  client.get("/readyz");
  CHECK(status_line(client.reply()) == "HTTP/1.1 200 OK");
  x.server->stop_asking();
  client.get("/readyz");
  CHECK(status_line(client.reply()) == "HTTP/1.1 503 Service Unavailable");
  client.get("/healthz");
  CHECK(status_line(client.reply()) == "HTTP/1.1 200 OK");
}

TEST_CASE("web server: a fault costs the request it came with, and is told",
          "[web_server]") {
  web_fixture x;
  web_client client{x.port};
  client.get("/api/config");
  client.read_to_end();
  CHECK(client.ended);
  CHECK(x.faults == 1);
  CHECK(x.fault == "planted");
  web_client other{x.port};
  other.get("/api/status");
  CHECK(status_line(other.reply()) == "HTTP/1.1 200 OK");
}

TEST_CASE("web server: replies that nobody asked for are dropped",
          "[web_server]") {
  web_fixture x;
  for (auto route : std::vector<std::vector<std::string>>{
         {""}, {"", ""}, {"", "99"}, {"", "-1"}, {"", "1", "2"}, {}})
    x.server->reply({route, "{}"});
  web_client client{x.port};
  client.get("/healthz");
  CHECK(status_line(client.reply()) == "HTTP/1.1 200 OK");
}

TEST_CASE("web server: listeners get last values first, then what is new",
          "[web_server]") {
  web_fixture x;
  x.publish("risk.a", R"({"n":1})");
  x.publish("risk.a", R"({"n":2})");
  x.publish("stats.a", R"({"n":3})");
  x.publish("heartbeat", R"({"n":4})", false);
  web_client client{x.port};
  client.get("/api/events");
  auto text = client.read_for(R"({"n":3})");
  CHECK(holds(text, "Content-Type: text/event-stream\r\n"));
  CHECK(holds(text, "\r\n\r\n: hello\nretry: 2000\n\nevent: risk\ndata: "
                    R"({"topic":"risk.a","payload":{"n":2}})"
                    "\n\nevent: stats\n"));
  CHECK_FALSE(holds(text, R"("n":4)"));
  web_client other{x.port};
  other.get("/api/events?kinds=breaker");
  other.read_for("retry: 2000");
  REQUIRE(x.comes([&] { return x.server->counts().event_clients == 2; }));
  x.publish("risk.a", R"({"n":5})");
  x.publish("breaker.a", R"({"n":6})");
  text = client.read_for(R"({"n":6})");
  CHECK(text.find(R"({"n":5})") < text.find(R"({"n":6})"));
  text = other.read_for(R"({"n":6})");
  CHECK_FALSE(holds(text, "risk"));
}

TEST_CASE("web server: thousands of last values come in pieces, all of them",
          "[web_server]") {
  web_fixture x;
  const std::string filler(500, 'x');
  for (int i = 0; i < 3'000; ++i)
    x.publish("risk." + std::to_string(i),
              R"({"n":")" + std::to_string(i) + '.' + filler + "\"}");
  web_client events{x.port};
  events.get("/api/events");
  auto text = events.read_for("\"n\":\"999.");
  CHECK(x.server->counts().cut_off == 0);
  web_client latest{x.port};
  latest.get("/api/latest", "Connection: close\r\n");
  auto all = latest.read_to_end();
  CHECK(holds(all, "Transfer-Encoding: chunked\r\n"));
  CHECK(all.ends_with("]}\r\n0\r\n\r\n"));
  int missing = 0;
  for (int i = 0; i < 3'000; ++i) {
    auto part = "\"n\":\"" + std::to_string(i) + '.';
    missing += holds(all, part) && holds(text, part) ? 0 : 1;
  }
  CHECK(missing == 0);
}

TEST_CASE("web server: a listener that goes is forgotten", "[web_server]") {
  web_fixture x;
  {
    web_client client{x.port};
    client.get("/api/events");
    client.read_for("hello");
    CHECK(x.server->counts().event_clients == 1);
  }
  CHECK(x.comes([&] { return x.server->counts().event_clients == 0; }));
  CHECK(x.comes([&] { return x.server->counts().connections == 0; }));
}

TEST_CASE("web server: stopping ends all connections, twice is once",
          "[web_server]") {
  web_fixture x;
  web_client events{x.port};
  events.get("/api/events");
  events.read_for("hello");
  x.publish("breaker.a", R"({"n":"last"})");
  auto began = std::chrono::steady_clock::now();
  x.server->stop();
  x.server->stop();
  CHECK(std::chrono::steady_clock::now() - began < 1s);
  events.read_to_end();
  CHECK(events.ended);
  x.publish("risk.a", "{}"); // what comes now is heard by nobody
}

TEST_CASE("web server: a taken port is told by the key to mend",
          "[web_server]") {
  web_fixture x;
  web_server_config again;
  again.bind = "127.0.0.1:" + std::to_string(x.port);
  std::string said;
  try {
    make_web_server(std::move(again));
  } catch (const std::runtime_error& e) {
    said = e.what();
  }
  CHECK(holds(said, "http.bind"));
  CHECK(holds(said, "127.0.0.1:" + std::to_string(x.port)));
  CHECK(holds(said, "in use"));
}
