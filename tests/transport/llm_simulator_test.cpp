#include "tests/transport/http_support.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <atomic>
#include <thread>

using namespace riskbreaker::transport;
using riskbreaker::core::http_fault;
using riskbreaker::core::http_reply;

namespace {

template <class Predicate>
bool eventually(Predicate done) {
  const auto end = std::chrono::steady_clock::now() + 20s;
  while (!done()) {
    if (std::chrono::steady_clock::now() > end)
      return false;
    std::this_thread::sleep_for(5ms);
  }
  return true;
}

std::string root_of(const llm_simulator& server) {
  const auto url = server.url();
  return url.substr(0, url.size() - 3);
}

} // namespace

TEST_CASE("stop is quick while requests hang, and ends them",
          "[llm_simulator]") {
  running_simulator server{"hang"};
  auto client = make_curl_client();
  std::atomic<int> lost{0};
  for (int i = 0; i < 50; ++i)
    client->submit(chat(server, 60s), [&](http_reply&& reply) {
      lost += reply.fault == http_fault::lost;
    });
  REQUIRE(eventually([&] { return server.counts().in_flight == 50; }));
  const auto start = std::chrono::steady_clock::now();
  server.stop();
  server.stop();
  CHECK(std::chrono::steady_clock::now() - start < 1s);
  CHECK(server.counts().in_flight == 0);
  CHECK(server.counts().abandoned == 50);
  CHECK(eventually([&] { return lost == 50; }));
}

TEST_CASE("hung requests go on hanging when the fault is lifted",
          "[llm_simulator]") {
  running_simulator server{"hang"};
  auto client = make_curl_client();
  auto hung = send(*client, chat(server, 500ms));
  REQUIRE(eventually([&] { return server.counts().in_flight == 1; }));
  REQUIRE(!server.set_fault("ok"));
  CHECK(fetch(*client, chat(server)).status == 200);
  CHECK(take(hung).fault == http_fault::timeout);
  CHECK(eventually([&] { return server.counts().in_flight == 0; }));
  CHECK(server.counts().abandoned == 1);
}

TEST_CASE("refuse closes the port, and the same port opens again",
          "[llm_simulator]") {
  running_simulator server;
  auto client = make_curl_client();
  CHECK(fetch(*client, chat(server)).status == 200);
  REQUIRE(!server.set_fault("refuse"));
  for (int i = 0; i < 3; ++i)
    CHECK(fetch(*client, chat(server)).fault == http_fault::unreachable);
  REQUIRE(!server.set_fault("ok"));
  CHECK(fetch(*client, chat(server)).status == 200);
  CHECK(server.counts().received == 2);
}

TEST_CASE("refuse with seconds ends by itself", "[llm_simulator]") {
  running_simulator server;
  auto client = make_curl_client();
  const auto start = std::chrono::steady_clock::now();
  REQUIRE(!server.set_fault("refuse:1"));
  CHECK(fetch(*client, chat(server)).fault == http_fault::unreachable);
  CHECK(eventually([&] { return fetch(*client, chat(server)).status == 200; }));
  CHECK(std::chrono::steady_clock::now() - start >= 1s);
  CHECK(std::chrono::steady_clock::now() - start < 5s);
}

TEST_CASE("a later refuse replaces an earlier one's end", "[llm_simulator]") {
  running_simulator server{"refuse:0.2"};
  REQUIRE(!server.set_fault("refuse"));
  auto client = make_curl_client();
  std::this_thread::sleep_for(400ms);
  CHECK(fetch(*client, chat(server)).fault == http_fault::unreachable);
}

TEST_CASE("requests that hang are cut when the port is refused",
          "[llm_simulator]") {
  running_simulator server{"hang"};
  auto client = make_curl_client();
  auto hung = send(*client, chat(server, 60s));
  REQUIRE(eventually([&] { return server.counts().in_flight == 1; }));
  REQUIRE(!server.set_fault("refuse"));
  CHECK(take(hung).fault == http_fault::lost);
  CHECK(server.counts().in_flight == 0);
}

TEST_CASE("a port is closed over HTTP by clients that close their connection, "
          "and by those that keep it",
          "[llm_simulator]") {
  for (auto* connection : {"Connection: close", "Connection: keep-alive"}) {
    running_simulator server;
    auto client = make_curl_client();
    auto control = get(root_of(server) + "/_sim/fault");
    control.body = "refuse";
    control.headers.push_back(connection);
    CHECK(fetch(*client, control).status == 200);
    CHECK(eventually([&] {
      return fetch(*client, get(root_of(server) + "/_sim")).fault
             == http_fault::unreachable;
    }));
  }
}

TEST_CASE("a fault set over HTTP is answered before it holds",
          "[llm_simulator]") {
  running_simulator server;
  auto client = make_curl_client();
  auto control = get(root_of(server) + "/_sim/fault");
  control.body = R"({"fault":"status:503","retry_after":"2","body":"html"})";
  const auto reply = fetch(*client, control);
  CHECK(reply.status == 200);
  const auto status = nlohmann::json::parse(reply.body);
  CHECK(status["fault"] == "status:503+html+retry_after=2");
  CHECK(status["connections"] == 1);
  CHECK(fetch(*client, chat(server)).status == 503);
  control.body = "refuse:0.5";
  CHECK(fetch(*client, control).status == 200);
  // Lost, where it slips in between that answer and the end of the connection.
  CHECK(fetch(*client, chat(server)).fault != http_fault::none);
  CHECK(eventually([&] { return fetch(*client, chat(server)).status == 200; }));
  control.body = "explode";
  CHECK(fetch(*client, control).status == 400);
}

TEST_CASE("an unknown fault is told and changes nothing", "[llm_simulator]") {
  running_simulator server{"auth"};
  const auto error = server.set_fault("explode");
  REQUIRE(error);
  CHECK_THAT(*error, Catch::Contains("unknown fault"));
  auto client = make_curl_client();
  CHECK(fetch(*client, chat(server)).status == 401);
}

TEST_CASE("a timeline changes the fault by itself", "[llm_simulator]") {
  llm_simulator_config config;
  config.timeline = std::get<llm_timeline>(
    parse_llm_timeline("0:auth,0.4:refuse,0.8:status:503,1.2:ok"));
  llm_simulator server{config};
  server.start();
  auto client = make_curl_client();
  std::vector<long> seen;
  REQUIRE(eventually([&] {
    const auto status = fetch(*client, chat(server)).status;
    if (seen.empty() || seen.back() != status)
      seen.push_back(status);
    return status == 200 && seen.size() > 1;
  }));
  // A loaded machine may sleep through an entry, but never see them disordered;
  // the very first request may come before the first.
  const std::vector<long> order{200, 401, 0, 503, 200};
  auto at = order.begin();
  for (const auto status : seen) {
    at = std::find(at, order.end(), status);
    REQUIRE(at != order.end());
  }
  CHECK(seen.size() > 2);
}

TEST_CASE("a port that is taken is told with address and reason",
          "[llm_simulator]") {
  running_simulator first;
  llm_simulator_config config;
  config.port = first.port();
  const auto expected = "127.0.0.1:" + std::to_string(first.port());
  llm_simulator second{config};
  CHECK_THROWS_WITH(second.start(),
                    Catch::Contains(expected) && Catch::Contains("in use"));
  config.bind = "not an address";
  llm_simulator third{config};
  CHECK_THROWS_WITH(third.start(), Catch::Contains("not an address"));
}

TEST_CASE("a simulator that was never started can be used and dropped",
          "[llm_simulator]") {
  llm_simulator server;
  CHECK(!server.set_fault("refuse"));
  CHECK(server.port() == 0);
  CHECK(server.counts().received == 0);
  server.stop();
}
