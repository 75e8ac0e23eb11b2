#include "reactor_fixture.hpp"
#include "tests/support/catch.hpp"

#include <atomic>
#include <ctime>
#include <thread>

using namespace riskbreaker::transport;
using Catch::Contains;
using clock_type = std::chrono::steady_clock;

namespace {

reactor_config on_free_ports() {
  reactor_config result;
  result.candles_bind = result.results_bind = result.control_bind
    = "tcp://127.0.0.1:*";
  return result;
}

std::string why_not(const reactor_config& config) {
  try {
    make_reactor(config);
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "it works";
}

double cpu_seconds() {
  timespec t{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

} // namespace

TEST_CASE("endpoints name the real ports", "[reactor]") {
  const auto reactor = make_reactor(on_free_ports());
  for (const auto& endpoint :
       {reactor->candles_endpoint(), reactor->results_endpoint(),
        reactor->control_endpoint()}) {
    CHECK_THAT(endpoint, Catch::StartsWith("tcp://127.0.0.1:"));
    CHECK(std::stoi(endpoint.substr(endpoint.rfind(':') + 1)) > 0);
  }
}

// github.com/darwinex/dwx-zeromq-connector/issues/118
TEST_CASE("a port that is taken is named with the reason and the cure",
          "[reactor]") {
  const auto first = make_reactor(on_free_ports());
  auto config = on_free_ports();
  config.candles_bind = first->candles_endpoint();
  CHECK(why_not(config)
        == "cannot bind " + config.candles_bind
             + " for candles (PUSH clients connect here): Address already in "
               "use; choose another `transport.candles.bind` or stop the "
               "program that holds it");
  config = on_free_ports();
  config.results_bind = first->candles_endpoint();
  CHECK_THAT(why_not(config), Contains("for results (SUB clients"));
  config = on_free_ports();
  config.control_bind = first->candles_endpoint();
  CHECK_THAT(why_not(config), Contains("for control (REQ clients")
                                && Contains("`transport.control.bind`"));
}

TEST_CASE("an address that is none is named", "[reactor]") {
  for (const auto* address :
       {"nonsense", "", "tcp://127.0.0.1", "tcp://127.0.0.1:99999",
        "http://127.0.0.1:1", "tcp://no.such.host.invalid:5555"}) {
    auto config = on_free_ports();
    config.results_bind = address;
    CHECK_THAT(why_not(config), Contains(std::string{"cannot bind "} + address)
                                  && Contains("mend `transport.results.bind`"));
  }
}

TEST_CASE("a stopped reactor frees its ports at once", "[reactor]") {
  auto config = on_free_ports();
  auto reactor = make_reactor(config);
  config.candles_bind = reactor->candles_endpoint();
  config.results_bind = reactor->results_endpoint();
  config.control_bind = reactor->control_endpoint();
  reactor->start({[](raw_batch&&) {},
                  [](auto, auto) {
                  }});
  zmq::context_t context;
  zmq::socket_t push{context, zmq::socket_type::push};
  push.set(zmq::sockopt::linger, 0);
  push.connect(config.candles_bind);
  REQUIRE(send(push, "x")); // a connection that lingers in the kernel
  reactor->stop();
  CHECK(why_not(config) == "it works");
}

// github.com/zeromq/libzmq/issues/1199
TEST_CASE("clients find a restarted reactor by themselves", "[reactor]") {
  auto config = on_free_ports();
  auto reactor = make_reactor(config);
  config.candles_bind = reactor->candles_endpoint();
  config.results_bind = reactor->results_endpoint();
  config.control_bind = reactor->control_endpoint();
  const auto publish = [&](const char* payload) {
    reactor->publish(riskbreaker::tests::frame_of("t", payload));
  };
  reactor->start({[](raw_batch&&) {},
                  [](auto, auto) {
                  }});
  zmq::context_t context;
  zmq::socket_t sub{context, zmq::socket_type::sub};
  sub.set(zmq::sockopt::subscribe, "");
  sub.connect(config.results_bind);
  publish("1");
  REQUIRE(reactor_fixture::receive(sub) == "t=1");
  reactor.reset();
  reactor = make_reactor(config);
  reactor->start({[](raw_batch&&) {},
                  [](auto, auto) {
                  }});
  publish("2");
  CHECK(reactor_fixture::receive(sub) == "t=2");
}

TEST_CASE("stopping sends what is queued first", "[reactor]") {
  reactor_fixture x;
  auto sub = x.joined_sub("t");
  auto dealer = x.peer(zmq::socket_type::dealer, x.reactor->control_endpoint());
  REQUIRE(send(dealer, "ping"));
  zmq::message_t answer;
  REQUIRE(dealer.recv(answer));
  for (int i = 0; i < 5'000; ++i)
    x.publish("t", std::to_string(i));
  x.reactor->stop();
  for (int i = 0; i < 5'000; ++i)
    REQUIRE(x.receive(sub) == "t=" + std::to_string(i));
}

TEST_CASE("stopping waits a second at most for peers that do not read",
          "[reactor]") {
  reactor_fixture x;
  x.publish("t", "hello");
  zmq::socket_t stuck{x.context, zmq::socket_type::sub};
  stuck.set(zmq::sockopt::linger, 0);
  stuck.set(zmq::sockopt::rcvhwm, 1);
  stuck.set(zmq::sockopt::subscribe, "t");
  stuck.connect(x.reactor->results_endpoint());
  zmq::pollitem_t item{stuck.handle(), 0, ZMQ_POLLIN, 0};
  REQUIRE(zmq::poll(&item, 1, patience) == 1);
  for (int i = 0; i < 30; ++i)
    x.publish("t", std::string(1u << 20, 'x'));
  x.settle();
  const auto begin = clock_type::now();
  x.reactor->stop();
  CHECK(clock_type::now() - begin < std::chrono::milliseconds{1'900});
}

TEST_CASE("a reactor may be stopped twice, early and by its destructor",
          "[reactor]") {
  auto reactor = make_reactor(on_free_ports());
  reactor->stop();
  reactor->stop();
  reactor = make_reactor(on_free_ports());
  reactor->start({[](raw_batch&&) {},
                  [](auto, auto) {
                  }});
  std::thread other{[&] {
    reactor->stop();
  }};
  reactor->stop();
  other.join();
  reactor->publish({});
  reactor->reply({{"id"}, "late"});
  reactor->stop_reading();
}

TEST_CASE("when reading has stopped, nothing that was read comes in any more",
          "[reactor]") {
  reactor_fixture x{};
  std::atomic<bool> enough{false};
  std::thread flood{[&] {
    auto push = x.push();
    push.set(zmq::sockopt::sndtimeo, 10);
    while (!enough)
      send(push, "candle");
  }};
  CHECK(x.batches.wait_for(1'000));
  x.reactor->stop_reading();
  const auto had = x.batches.frames().size();
  std::this_thread::sleep_for(quiet);
  CHECK(x.batches.frames().size() == had);
  enough = true;
  flood.join();
}

TEST_CASE("an idle reactor does not wake up", "[reactor]") {
  reactor_fixture x{};
  auto sub = x.joined_sub("t");
  x.batches.hold(); // also with credits out
  auto push = x.push();
  REQUIRE(send(push, "x"));
  REQUIRE(x.batches.wait_for(1));
  const auto before = cpu_seconds();
  std::this_thread::sleep_for(std::chrono::milliseconds{500});
  CHECK(cpu_seconds() - before < 0.02);
}

TEST_CASE("a ping is answered by the thread of the sockets, when it runs",
          "[reactor]") {
  const auto reactor = make_reactor(on_free_ports());
  std::atomic<int> answers{0};
  std::thread::id answered_by;
  auto ping = [&] {
    reactor->ping([&] {
      answered_by = std::this_thread::get_id();
      ++answers;
    });
  };
  ping();
  std::this_thread::sleep_for(std::chrono::milliseconds{50});
  CHECK(answers == 0); // nobody runs yet
  reactor->start({[](raw_batch&&) {},
                  [](auto, auto) {
                  }});
  auto wait_for = [&](int count) {
    for (int i = 0; i < 500 && answers < count; ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds{10});
    return answers == count;
  };
  CHECK(wait_for(1));
  CHECK(answered_by != std::this_thread::get_id());
  ping();
  ping();
  CHECK(wait_for(3)); // each, also while it slept
  reactor->stop();
  ping(); // nobody is there any more: dropped, without harm
  std::this_thread::sleep_for(std::chrono::milliseconds{20});
  CHECK(answers == 3);
}
