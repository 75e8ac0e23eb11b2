#include "tests/transport/http_support.hpp"

#include <atomic>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <sys/resource.h>
#include <thread>

using namespace riskbreaker::transport;
using riskbreaker::core::http_fault;
using riskbreaker::core::http_reply;

namespace {

/// Waits until `done` holds, for 20 s at most.
template <class Predicate>
bool eventually(Predicate done) {
  const auto end = std::chrono::steady_clock::now() + 20s;
  while (!done()) {
    if (std::chrono::steady_clock::now() > end)
      return false;
    std::this_thread::sleep_for(2ms);
  }
  return true;
}

/// How often the client's thread went to sleep so far.
long sleeps_of_client() {
  for (const auto& task :
       std::filesystem::directory_iterator{"/proc/self/task"}) {
    std::string name, line;
    std::getline(std::ifstream{task.path() / "comm"}, name);
    if (name != "http-client")
      continue;
    std::ifstream status{task.path() / "status"};
    while (std::getline(status, line))
      if (line.rfind("voluntary_ctxt_switches:", 0) == 0)
        return std::stol(line.substr(line.find(':') + 1));
  }
  return -1;
}

std::ptrdiff_t threads() {
  return std::distance(std::filesystem::directory_iterator{"/proc/self/task"},
                       {});
}

constexpr int many = 2'000;

/// Raises the soft limit on descriptors as far as it goes.
bool allow_files(rlim_t wanted) {
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  if (::setrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur >= wanted)
    return true;
  WARN("not enough file descriptors allowed for this test");
  return false;
}

} // namespace

TEST_CASE("2,000 slow answers cost one thread on each side", "[curl_client]") {
  if (!allow_files(4'200))
    return;
  running_simulator server{"slow:1"};
  auto client = make_curl_client();
  const auto before = threads();
  std::atomic<int> answered{0}, good{0};
  for (int i = 0; i < many; ++i)
    client->submit(chat(server, 60s), [&](http_reply&& reply) {
      good += reply.fault == http_fault::none && reply.status == 200
              && !reply.body.empty();
      ++answered;
    });
  CHECK(eventually([&] { return server.counts().in_flight > 0; }));
  CHECK(threads() == before);
  CHECK(eventually([&] { return answered == many; }));
  CHECK(good == many);
  CHECK(server.counts().received == many);
}

TEST_CASE("2,000 requests can be open at once", "[curl_client]") {
  if (!allow_files(4'200))
    return;
  running_simulator server{"hang"};
  auto client = make_curl_client();
  std::atomic<int> cancelled{0};
  for (int i = 0; i < many; ++i)
    client->submit(chat(server, 60s), [&](http_reply&& reply) {
      cancelled += reply.fault == http_fault::cancelled;
    });
  CHECK(eventually([&] { return server.counts().in_flight == many; }));
  client.reset();
  CHECK(cancelled == many);
  CHECK(eventually([&] { return server.counts().in_flight == 0; }));
}

TEST_CASE("cancel ends a request early, once, and only that one",
          "[curl_client]") {
  running_simulator server{"hang"};
  auto client = make_curl_client();
  std::atomic<int> cancelled{0}, others{0};
  auto count = [&](http_reply&& reply) {
    ++(reply.fault == http_fault::cancelled ? cancelled : others);
  };
  const auto first = client->submit(chat(server), count);
  client->submit(chat(server), count);
  REQUIRE(eventually([&] { return server.counts().in_flight == 2; }));
  client->cancel(first);
  client->cancel(first);
  client->cancel(12'345);
  CHECK(eventually([&] { return cancelled == 1; }));
  CHECK(eventually([&] { return server.counts().abandoned == 1; }));
  CHECK(server.counts().in_flight == 1);
  client.reset();
  CHECK(cancelled == 2);
  CHECK(others == 0);
}

TEST_CASE("a request can be cancelled before it was sent", "[curl_client]") {
  running_simulator server{"hang"};
  auto client = make_curl_client();
  std::promise<http_fault> fault;
  const auto id = client->submit(
    chat(server), [&](http_reply&& reply) { fault.set_value(reply.fault); });
  client->cancel(id);
  CHECK(fault.get_future().get() == http_fault::cancelled);
}

TEST_CASE("the destructor answers what is open", "[curl_client]") {
  running_simulator server{"hang"};
  auto client = make_curl_client();
  std::atomic<int> cancelled{0};
  for (int i = 0; i < 100; ++i)
    client->submit(chat(server, 60s), [&](http_reply&& reply) {
      cancelled += reply.fault == http_fault::cancelled;
    });
  const auto sent = GENERATE(true, false);
  if (sent)
    REQUIRE(eventually([&] { return server.counts().in_flight == 100; }));
  const auto start = std::chrono::steady_clock::now();
  client.reset();
  CHECK(cancelled == 100);
  CHECK(std::chrono::steady_clock::now() - start < 1s);
}

TEST_CASE("what a callback submits during the end is cancelled too",
          "[curl_client]") {
  running_simulator server{"hang"};
  auto client = make_curl_client();
  auto* raw = client.get();
  std::atomic<int> inner{0};
  client->submit(chat(server), [&, raw](http_reply&&) {
    raw->submit(chat(server), [&](http_reply&& reply) {
      inner += reply.fault == http_fault::cancelled;
    });
  });
  REQUIRE(eventually([&] { return server.counts().in_flight == 1; }));
  client.reset();
  CHECK(inner == 1);
}

TEST_CASE("a callback that throws harms nobody else", "[curl_client]") {
  running_simulator server;
  auto client = make_curl_client();
  client->submit(chat(server), [](http_reply&&) {
    throw std::runtime_error("out of order");
  });
  client->submit(chat(server), nullptr);
  CHECK(fetch(*client, chat(server)).status == 200);
}

TEST_CASE("an idle client sleeps, with requests open as well",
          "[curl_client]") {
  running_simulator server{"hang"};
  auto client = make_curl_client();
  for (int i = 0; i < 20; ++i)
    client->submit(chat(server, 60s), nullptr);
  REQUIRE(eventually([&] { return server.counts().in_flight == 20; }));
  std::this_thread::sleep_for(300ms); // libcurl's connection timers pass
  const auto before = sleeps_of_client();
  REQUIRE(before >= 0);
  std::this_thread::sleep_for(1s);
  CHECK(sleeps_of_client() - before <= 2);
}

TEST_CASE("connections are reused", "[curl_client]") {
  running_simulator server;
  auto client = make_curl_client();
  for (int i = 0; i < 50; ++i)
    REQUIRE(fetch(*client, chat(server)).status == 200);
  CHECK(server.counts().connections == 1);
}
