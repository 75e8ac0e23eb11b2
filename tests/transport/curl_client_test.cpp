#include "tests/transport/http_support.hpp"
#include "tests/transport/raw_server.hpp"

#include <cstdlib>

using namespace riskbreaker::transport;
using riskbreaker::core::http_fault;

TEST_CASE("a POST brings back status, headers and body", "[curl_client]") {
  running_simulator server;
  auto client = make_curl_client();
  const auto reply = fetch(*client, chat(server));
  CHECK(reply.fault == http_fault::none);
  CHECK(reply.status == 200);
  CHECK(reply.error.empty());
  CHECK(reply.body.find("risk_score") != std::string::npos);
  CHECK(reply.seconds > 0);
  CHECK(reply.seconds < 5);
  CHECK(server.counts().with_key == 1);
}

TEST_CASE("a request without a body is a GET", "[curl_client]") {
  running_simulator server;
  auto client = make_curl_client();
  const auto reply = fetch(*client, get(server.url() + "/models"));
  CHECK(reply.status == 200);
  CHECK(reply.body.find("mock-llm") != std::string::npos);
  CHECK(server.counts().chats == 0);
}

TEST_CASE("a body is sent as JSON unless the caller says otherwise",
          "[curl_client]") {
  std::string seen;
  raw_server server{[&](raw_server::connection& peer, int) {
    if (!peer.read_until("}"))
      return;
    seen = peer.text;
    peer.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n"
               "Connection: close\r\n\r\n{}");
  }};
  auto client = make_curl_client();
  auto request = get(server.url());
  request.body = "{}";
  SECTION("nothing said") {
    REQUIRE(fetch(*client, request).status == 200);
    CHECK(seen.find("Content-Type: application/json\r\n") != std::string::npos);
  }
  SECTION("said") {
    request.headers = {"content-type: text/x"};
    REQUIRE(fetch(*client, request).status == 200);
    CHECK(seen.find("content-type: text/x\r\n") != std::string::npos);
    CHECK(seen.find("application/json") == std::string::npos);
  }
  CHECK(seen.find("Expect") == std::string::npos);
}

TEST_CASE("header names come in lower case, and of the last response only",
          "[curl_client]") {
  raw_server server{[](raw_server::connection& peer, int) {
    if (!peer.read_until("\r\n\r\n"))
      return;
    peer.write("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
               "HTTP/1.1 429 Too Many\r\nRETRY-After:  2 \r\nX-Empty:\r\n"
               "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
               "1\r\nx\r\n0\r\nX-Trailer: 1\r\n\r\n");
  }};
  auto client = make_curl_client();
  const auto reply = fetch(*client, get(server.url()));
  REQUIRE(reply.fault == http_fault::none);
  CHECK(reply.status == 429);
  CHECK(header_of(reply, "retry-after") == "2");
  CHECK(header_of(reply, "link").empty());
  CHECK(header_of(reply, "x-trailer").empty());
  CHECK(reply.headers.size() == 4);
  CHECK(reply.body == "x");
}

TEST_CASE("more headers than anybody needs are not kept", "[curl_client]") {
  raw_server server{[](raw_server::connection& peer, int) {
    if (!peer.read_until("\r\n\r\n"))
      return;
    std::string head = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n"
                       "Connection: close\r\n";
    for (int i = 0; i < 500; ++i)
      head += "X-" + std::to_string(i) + ": " + std::string(20, 'y') + "\r\n";
    peer.write(head + "\r\n");
  }};
  auto client = make_curl_client();
  const auto reply = fetch(*client, get(server.url()));
  CHECK(reply.fault == http_fault::none);
  CHECK(reply.headers.size() == 100);
}

TEST_CASE("headers without end are too large", "[curl_client]") {
  raw_server server{[](raw_server::connection& peer, int) {
    if (!peer.read_until("\r\n\r\n"))
      return;
    peer.write("HTTP/1.1 200 OK\r\n");
    while (peer.write("X-A: " + std::string(1'000, 'y') + "\r\n"))
      ; // until the client hangs up
  }};
  auto client = make_curl_client();
  CHECK(fetch(*client, get(server.url())).fault == http_fault::too_large);
}

TEST_CASE("a body over the limit is too large, one at the limit is not",
          "[curl_client]") {
  const bool announced = GENERATE(true, false);
  raw_server server{[&](raw_server::connection& peer, int) {
    if (!peer.read_until("\r\n\r\n"))
      return;
    const auto size
      = peer.text.find("/v1/over") != std::string::npos ? 1'001u : 1'000u;
    peer.write("HTTP/1.1 200 OK\r\n"
               + (announced ? "Content-Length: " + std::to_string(size) + "\r\n"
                            : std::string{})
               + "Connection: close\r\n\r\n" + std::string(size, 'x'));
  }};
  http_client_config config;
  config.max_response = 1'000;
  auto client = make_curl_client(config);
  const auto over = fetch(*client, get(server.url() + "/over"));
  CHECK(over.fault == http_fault::too_large);
  CHECK(over.body.empty());
  const auto fitting = fetch(*client, get(server.url() + "/fits"));
  CHECK(fitting.fault == http_fault::none);
  CHECK(fitting.body.size() == 1'000);
}

TEST_CASE("a redirect is not followed: the key stays where it was meant to go",
          "[curl_client]") {
  running_simulator server{"status:307"};
  auto client = make_curl_client();
  const auto reply = fetch(*client, chat(server));
  CHECK(reply.fault == http_fault::none);
  CHECK(reply.status == 307);
  CHECK(!header_of(reply, "location").empty());
  CHECK(server.counts().received == 1);
}

TEST_CASE("proxies in the environment are ignored, one in the config is used",
          "[curl_client]") {
  for (const char* name :
       {"http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"})
    ::setenv(name, "http://127.0.0.1:1", 1);
  ::setenv("no_proxy", "*", 1);
  running_simulator server;
  {
    auto client = make_curl_client();
    CHECK(fetch(*client, chat(server)).status == 200);
  }
  http_client_config config;
  config.proxy = server.url().substr(0, server.url().size() - 3);
  auto client = make_curl_client(config);
  // A proxy is asked for the whole address; ours takes it for an unknown path.
  CHECK(fetch(*client, get("http://riskbreaker.invalid/v1/models")).status
        == 404);
  for (const char* name :
       {"http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY", "no_proxy"})
    ::unsetenv(name);
}

TEST_CASE("hosts that need no proxy are asked without it", "[curl_client]") {
  running_simulator server;
  http_client_config config;
  config.proxy = "http://127.0.0.1:1"; // nobody there
  const auto hosts = GENERATE(
    std::vector<std::string>{"127.0.0.1"},
    std::vector<std::string>{"other.example", "127.0.0.0/8"},
    std::vector<std::string>{"*"}, std::vector<std::string>{"other.example"},
    std::vector<std::string>{});
  config.no_proxy = hosts;
  auto client = make_curl_client(config);
  const bool direct = !hosts.empty() && hosts.back() != "other.example";
  const auto reply = fetch(*client, chat(server));
  CHECK(reply.fault == (direct ? http_fault::none : http_fault::unreachable));
}

TEST_CASE("a file of certificates that cannot be read is said",
          "[curl_client]") {
  running_simulator server;
  http_client_config config;
  config.ca_file = "/nowhere/ca.pem";
  auto client = make_curl_client(config);
  const auto reply = fetch(*client, get("https" + server.url().substr(4)));
  CHECK(reply.fault == http_fault::unreachable);
  CHECK(reply.error.find("certificate store unusable: ") == 0);
  CHECK(reply.error.find("/nowhere/ca.pem") != std::string::npos);
}

TEST_CASE("what never got a connection is unreachable", "[curl_client]") {
  running_simulator server;
  auto client = make_curl_client();
  const auto port = std::to_string(server.port());
  const auto url = GENERATE_COPY(
    std::string{"http://127.0.0.1:1/v1"}, std::string{"http://name.invalid/v1"},
    std::string{"file:///etc/hostname"}, std::string{"no url at all"},
    "https://127.0.0.1:" + port + "/v1");
  const auto reply = fetch(*client, get(url));
  INFO(url << ": " << reply.error);
  CHECK(reply.fault == http_fault::unreachable);
  CHECK(reply.status == 0);
  CHECK(!reply.error.empty());
}

TEST_CASE("an answer that is no HTTP is a lost connection", "[curl_client]") {
  raw_server server{[](raw_server::connection& peer, int) {
    if (peer.read_until("\r\n\r\n"))
      peer.write("SSH-2.0-OpenSSH_9.2\r\n");
  }};
  auto client = make_curl_client();
  CHECK(fetch(*client, get(server.url())).fault == http_fault::lost);
}

TEST_CASE("a header with a line break is not sent", "[curl_client]") {
  running_simulator server;
  auto client = make_curl_client();
  auto request = chat(server);
  request.headers = {"Authorization: Bearer sk-test\r\nX-Other: 1"};
  const auto reply = fetch(*client, request);
  CHECK(reply.fault == http_fault::unreachable);
  CHECK(reply.error.find("sk-test") == std::string::npos);
  CHECK(server.counts().received == 0);
}

TEST_CASE("an error never quotes the key or the login of the URL",
          "[curl_client]") {
  auto client = make_curl_client();
  http_request request;
  // Where the key is also the host, libcurl's own text would print it.
  request.url = "http://joe:pass-word-1@sk-secret.invalid/";
  request.headers = {"Authorization: Bearer sk-secret.invalid"};
  const auto reply = fetch(*client, request);
  CHECK(reply.fault == http_fault::unreachable);
  CHECK(reply.error.find("sk-secret") == std::string::npos);
  CHECK(reply.error.find("pass-word-1") == std::string::npos);
}
