#include "tests/transport/http_support.hpp"
#include "tests/transport/raw_server.hpp"

#include <cstring>
#include <ctime>
#include <dlfcn.h>
#include <netdb.h>

using namespace riskbreaker::transport;
using riskbreaker::core::http_fault;

// Stands before the library's: one name is answered by a name server that
// takes its time.
extern "C" int getaddrinfo(const char* node, const char* service,
                           const addrinfo* hints, addrinfo** result) {
  if (node && std::strcmp(node, "slow-dns.invalid") == 0) {
    std::this_thread::sleep_for(std::chrono::seconds{2});
    return EAI_AGAIN;
  }
  using function
    = int (*)(const char*, const char*, const addrinfo*, addrinfo**);
  static const auto next
    = reinterpret_cast<function>(::dlsym(RTLD_NEXT, "getaddrinfo"));
  return next(node, service, hints, result);
}

TEST_CASE("an attempt's time is over whatever the server does meanwhile",
          "[curl_client]") {
  // github.com/BerriAI/litellm/issues/19909 and
  // github.com/deepseek-ai/DeepSeek-V3/issues/599
  const auto fault = GENERATE("hang", "hang_after_headers", "drip:0.02",
                              "keepalive_blank_lines:60", "slow:60");
  running_simulator server{fault};
  auto client = make_curl_client();
  const auto reply = fetch(*client, chat(server, 300ms));
  INFO(fault);
  CHECK(reply.fault == http_fault::timeout);
  CHECK(reply.seconds >= 0.299);
  CHECK(reply.seconds < 1);
  CHECK(reply.body.empty());
  CHECK(!reply.error.empty());
}

TEST_CASE("a request without time is not sent", "[curl_client]") {
  running_simulator server;
  auto client = make_curl_client();
  // 0 would be "no limit" to libcurl.
  const auto timeout = GENERATE(0ms, -5ms);
  CHECK(fetch(*client, chat(server, timeout)).fault == http_fault::timeout);
  CHECK(server.counts().received == 0);
}

TEST_CASE("a huge timeout is a timeout still", "[curl_client]") {
  running_simulator server;
  auto client = make_curl_client();
  auto request = chat(server, std::chrono::hours{24 * 365 * 100});
  request.connect_timeout = std::chrono::hours{24 * 365 * 100};
  CHECK(fetch(*client, request).status == 200);
}

TEST_CASE("a connection that is never accepted ends by the connect timeout",
          "[curl_client]") {
  // A listener whose queue is full drops what comes: the nearest thing to a
  // black hole that loopback has.
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  REQUIRE(::bind(fd, generic, size) == 0);
  REQUIRE(::listen(fd, 0) == 0);
  ::getsockname(fd, generic, &size);
  std::vector<int> fillers;
  for (int i = 0; i < 4; ++i) {
    fillers.push_back(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
    ::connect(fillers.back(), generic, size);
  }
  auto client = make_curl_client();
  auto request
    = get("http://127.0.0.1:" + std::to_string(ntohs(address.sin_port)));
  request.timeout = 10s;
  request.connect_timeout = 300ms;
  const auto reply = fetch(*client, request);
  CHECK(reply.fault == http_fault::timeout);
  CHECK(reply.seconds >= 0.299);
  CHECK(reply.seconds < 1.3);
  for (const int filler : fillers)
    ::close(filler);
  ::close(fd);
}

TEST_CASE("a request that waits for another one's handshake has its own time",
          "[curl_client]") {
  // libcurl does not look at the time of what it keeps waiting.
  raw_server server{[](raw_server::connection& peer, int) {
    peer.read_until("never said in a handshake");
  }};
  auto client = make_curl_client();
  auto request = get("https" + server.url().substr(4));
  request.timeout = 1'500ms;
  auto first = send(*client, request);
  request.timeout = 300ms;
  auto second = send(*client, request);
  const auto reply = take(second);
  CHECK(reply.fault == http_fault::timeout);
  CHECK(reply.seconds >= 0.299);
  CHECK(reply.seconds < 1);
  CHECK(take(first).fault == http_fault::timeout);
}

TEST_CASE("a slow name server holds up nobody else", "[curl_client]") {
  running_simulator server;
  auto client = make_curl_client();
  auto slow = get("http://slow-dns.invalid/v1");
  slow.timeout = 200ms;
  auto pending = send(*client, slow);
  CHECK(fetch(*client, chat(server)).seconds < 1);
  const auto reply = take(pending);
  CHECK(reply.fault == http_fault::timeout);
  CHECK(reply.seconds < 1.5); // the look-up takes 2 s
  const auto after = fetch(*client, chat(server));
  CHECK(after.status == 200);
  CHECK(after.seconds < 1);
}

TEST_CASE("a server that resets idle connections is not noticed either",
          "[curl_client]") {
  running_simulator server;
  auto client = make_curl_client();
  for (int i = 0; i < 3; ++i) {
    CHECK(fetch(*client, chat(server)).status == 200);
    REQUIRE(!server.set_fault("refuse")); // resets what is open
    REQUIRE(!server.set_fault("ok"));
  }
  CHECK(server.counts().received == 3);
}

TEST_CASE("a server that closes idle connections is not noticed",
          "[curl_client]") {
  // github.com/Azure/azure-sdk-for-cpp/issues/1716
  std::atomic<int> requests{0};
  raw_server server{[&](raw_server::connection& peer, int) {
    if (!peer.read_until("\r\n\r\n"))
      return;
    ++requests;
    peer.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    std::this_thread::sleep_for(50ms); // idle for long enough; then it closes
  }};
  auto client = make_curl_client();
  for (int i = 0; i < 3; ++i) {
    const auto reply = fetch(*client, get(server.url()));
    CHECK(reply.fault == http_fault::none);
    CHECK(reply.body == "ok");
    std::this_thread::sleep_for(150ms);
  }
  CHECK(requests == 3);
  // What was closed is not looked at again and again.
  const auto before = std::clock();
  std::this_thread::sleep_for(200ms);
  CHECK(std::clock() - before < CLOCKS_PER_SEC / 10);
}

TEST_CASE("a request that went out on a pooled connection is never repeated",
          "[curl_client]") {
  // github.com/HKUDS/nanobot/pull/2759: libcurl by itself would send it again
  // when the connection breaks before the first byte of an answer.
  std::atomic<int> requests{0};
  raw_server server{[&](raw_server::connection& peer, int) {
    if (!peer.read_until("}"))
      return;
    ++requests;
    peer.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    if (peer.read_until("}"))
      ++requests; // and it closes without a word
  }};
  auto client = make_curl_client();
  auto request = get(server.url());
  request.body = "{}";
  CHECK(fetch(*client, request).status == 200);
  const auto reply = fetch(*client, request);
  CHECK(reply.fault == http_fault::lost);
  CHECK(!reply.error.empty());
  CHECK(requests == 2);
  CHECK(fetch(*client, request).status == 200);
  CHECK(requests == 3);
}
