#include "app/watch.hpp"
#include "tests/app/command_fixture.hpp"
#include "tests/support/catch.hpp"

#include <chrono>
#include <csignal>
#include <future>
#include <string>
#include <string_view>
#include <thread>
#include <unistd.h>

using namespace riskbreaker;
using namespace riskbreaker::app;
using std::chrono::steady_clock;

namespace {

struct fixture : tests::command_fixture {
  fixture() : command_fixture(zmq::socket_type::xpub) {
    options.connect = address;
    options.seconds = 10; // so that no mistake hangs the suite
  }

  void start() {
    code = std::async(std::launch::async,
                      [this] { return run_watch(options, con()); });
    for (std::size_t i = 0; i < std::max<std::size_t>(options.topics.size(), 1);
         ++i)
      REQUIRE_FALSE(receive().empty()); // the subscription
  }

  void publish(std::string_view topic, std::string_view payload) {
    socket.send(zmq::buffer(topic), zmq::send_flags::sndmore);
    socket.send(zmq::buffer(payload));
  }

  watch_options options;
  std::future<int> code;
};

} // namespace

TEST_CASE_METHOD(fixture,
                 "watch: prints NDJSON when piped and leaves after "
                 "the count",
                 "[watch]") {
  options.count = 2;
  start();
  publish("a", R"({"v":1,"boot":"b","seq":1})");
  publish("a", R"({"v":1,"boot":"b","seq":1})"); // replayed for someone else
  publish("a", R"({"v":1,"boot":"b","seq":2})");
  CHECK(code.get() == 0);
  CHECK(out.str()
        == "{\"topic\":\"a\",\"v\":1,\"boot\":\"b\",\"seq\":1}\n"
           "{\"topic\":\"a\",\"v\":1,\"boot\":\"b\",\"seq\":2}\n");
  CHECK(err.str().empty());
}

TEST_CASE_METHOD(fixture, "watch: a terminal gets lines for people",
                 "[watch]") {
  terminal = true;
  options.count = 1;
  start();
  publish("heartbeat", R"({"v":1,"boot":"b","seq":1,"uptime_s":5})");
  CHECK(code.get() == 0);
  CHECK_THAT(out.str(), Catch::EndsWith("  heartbeat  up 5 s\n"));
}

TEST_CASE_METHOD(fixture, "watch: subscribes to what was asked for",
                 "[watch]") {
  options.topics = {"risk.", "breaker."};
  options.count = 2;
  start();
  publish("heartbeat", "{}");
  publish("breaker.s", "{}");
  publish("risk.s.A/B.5m", "{}");
  CHECK(code.get() == 0);
  CHECK_THAT(out.str(), !Catch::Contains("heartbeat"));
}

TEST_CASE_METHOD(fixture, "watch: a gap and a restart are told", "[watch]") {
  options.count = 3;
  start();
  publish("a", R"({"boot":"b1","seq":1})");
  publish("a", R"({"boot":"b1","seq":4})");
  publish("a", R"({"boot":"b2","seq":1})");
  CHECK(code.get() == 0);
  CHECK(err.str()
        == "riskbreaker watch: a: missed 2 before seq 4\n"
           "riskbreaker watch: the daemon was restarted\n");
}

TEST_CASE_METHOD(fixture, "watch: fewer messages than asked for is a failure",
                 "[watch]") {
  options.count = 2;
  options.seconds = 0.5;
  start();
  publish("a", "{}");
  CHECK(code.get() == 1);
  CHECK_THAT(err.str(), Catch::Contains("1 of 2 messages"));
}

TEST_CASE_METHOD(fixture,
                 "watch: leaves when the time is up, also while "
                 "messages pour in",
                 "[watch]") {
  options.seconds = 0.3;
  auto begin = steady_clock::now();
  start();
  while (code.wait_for(std::chrono::seconds{0}) != std::future_status::ready
         && steady_clock::now() - begin < std::chrono::seconds{10})
    publish("a", "{}");
  CHECK(code.get() == 0);
  CHECK(steady_clock::now() - begin >= std::chrono::milliseconds{300});
}

TEST_CASE_METHOD(fixture, "watch: a signal ends it cleanly", "[watch]") {
  // As main does it: blocked before any thread starts.
  sigset_t stop;
  sigemptyset(&stop);
  sigaddset(&stop, SIGINT);
  pthread_sigmask(SIG_BLOCK, &stop, nullptr);
  start();
  kill(getpid(), SIGINT);
  CHECK(code.get() == 0);
  pthread_sigmask(SIG_UNBLOCK, &stop, nullptr);
}

TEST_CASE_METHOD(fixture, "watch: a malformed address is wrong use",
                 "[watch]") {
  options.connect = "nonsense";
  CHECK(run_watch(options, con()) == 2);
  CHECK_THAT(err.str(), Catch::Contains("nonsense"));
}
