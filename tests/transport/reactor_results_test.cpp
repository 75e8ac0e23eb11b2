#include "reactor_fixture.hpp"
#include "tests/support/catch.hpp"

#include <map>
#include <thread>

using namespace riskbreaker::transport;

TEST_CASE("a subscriber gets what is published, in order", "[reactor]") {
  reactor_fixture x;
  auto sub = x.joined_sub("t");
  for (int i = 0; i < 1'000; ++i)
    x.publish("t", std::to_string(i));
  for (int i = 0; i < 1'000; ++i)
    REQUIRE(x.receive(sub) == "t=" + std::to_string(i));
}

// github.com/zeromq/libzmq/issues/2267
TEST_CASE("a late subscriber gets the last values of its prefix at once",
          "[reactor]") {
  reactor_fixture x;
  for (const auto* topic : {"risk.s.B/C.5m", "risk.s.A/B.5m", "stats.s"}) {
    x.publish(topic, "old");
    x.publish(topic, "new");
  }
  x.publish("risk.s.A/B.5m", "passing", false);
  x.settle();
  auto sub = x.sub("risk.");
  CHECK(x.receive(sub) == "risk.s.A/B.5m=new");
  CHECK(x.receive(sub) == "risk.s.B/C.5m=new");
  CHECK(x.receive(sub, quiet) == std::nullopt);
}

TEST_CASE("the second subscriber of a topic gets the last value too",
          "[reactor]") {
  reactor_fixture x;
  x.publish("t", "1");
  x.settle();
  auto first = x.sub("t");
  REQUIRE(x.receive(first) == "t=1");
  auto second = x.sub("t");
  CHECK(x.receive(second) == "t=1");
  // XPUB cannot address one: the first sees it again.
  CHECK(x.receive(first) == "t=1");
}

TEST_CASE("what is not to be kept reaches only those who are there",
          "[reactor]") {
  reactor_fixture x;
  auto early = x.joined_sub("heartbeat");
  x.publish("heartbeat", "1", false);
  CHECK(x.receive(early) == "heartbeat=1");
  auto late = x.sub("heartbeat");
  CHECK(x.receive(late) == "heartbeat=hello"); // of joined_sub
  CHECK(x.receive(late, quiet) == std::nullopt);
}

TEST_CASE("a late subscriber gets thousands of topics, each once",
          "[reactor]") {
  reactor_fixture x;
  out_frames frames;
  for (int i = 0; i < 10'000; ++i)
    frames.add("risk." + std::to_string(i), std::string(400, 'x'));
  x.reactor->publish(std::move(frames));
  x.settle();
  auto sub = x.sub("risk.");
  std::map<std::string, int> seen;
  for (int i = 0; i < 10'000; ++i) {
    const auto message = x.receive(sub);
    REQUIRE(message);
    ++seen[*message];
  }
  CHECK(seen.size() == 10'000);
  CHECK(x.receive(sub, quiet) == std::nullopt);
}

TEST_CASE("unsubscriptions and whatever else subscribers send are ignored",
          "[reactor]") {
  reactor_fixture x;
  x.publish("t", "1");
  x.settle();
  auto peer = x.peer(zmq::socket_type::xsub, x.reactor->results_endpoint());
  REQUIRE(send(peer, std::string("\0t", 2)));
  REQUIRE(send(peer, ""));
  REQUIRE(send(peer, "\x02nonsense"));
  REQUIRE(send(peer, std::string("\1t", 2)));
  CHECK(x.receive(peer) == "t=1");
  REQUIRE(send(peer, std::string("\0t", 2)));
  REQUIRE(peer.send(zmq::str_buffer("\2a"), zmq::send_flags::sndmore));
  REQUIRE(
    send(peer, std::string("\1t", 2))); // inside a message: no subscription
  CHECK(x.receive(peer, quiet) == std::nullopt);
  REQUIRE(send(peer, std::string("\1t", 2)));
  CHECK(x.receive(peer) == "t=1");
}

TEST_CASE("a giant subscription costs its sender the connection, no more",
          "[reactor]") {
  reactor_fixture x;
  auto sub = x.joined_sub("t");
  auto giant = x.peer(zmq::socket_type::xsub, x.reactor->results_endpoint());
  REQUIRE(send(giant, '\1' + std::string(20'000, 'x')));
  x.publish("t", "1");
  CHECK(x.receive(sub) == "t=1");
}

// github.com/zeromq/libzmq/issues/3689
TEST_CASE("a subscriber that does not read hurts nobody else", "[reactor]") {
  reactor_fixture x;
  x.publish("t", "hello");
  zmq::socket_t stuck{x.context, zmq::socket_type::sub};
  stuck.set(zmq::sockopt::linger, 0);
  stuck.set(zmq::sockopt::rcvhwm, 1);
  stuck.set(zmq::sockopt::rcvbuf, 4'096);
  stuck.set(zmq::sockopt::subscribe, "t");
  stuck.connect(x.reactor->results_endpoint());
  auto sub = x.joined_sub("t");
  for (int i = 0; i < 60'000; ++i) {
    x.publish("t", std::to_string(i) + std::string(200, ' '));
    if (i % 1'000 == 999) // the healthy one reads along
      for (int n = 0; n < 1'000; ++n)
        REQUIRE(x.receive(sub));
  }
  CHECK(x.receive(sub, quiet) == std::nullopt);
}

TEST_CASE("frames pushed before a credit is given back leave before more is "
          "read",
          "[reactor]") {
  // The handler publishes, then drops its credit: with a window of one frame
  // the results must alternate with the candles whatever the timing.
  reactor_config config;
  config.window = 1;
  config.candles_bind = config.results_bind = config.control_bind
    = "tcp://127.0.0.1:*";
  const auto reactor = make_reactor(config);
  std::size_t taken = 0; // of the reactor's thread
  reactor->start({[&](raw_batch&& batch) {
                    auto frames = riskbreaker::tests::frame_of(
                      "t", std::to_string(taken));
                    taken += batch.ends.size();
                    reactor->publish(std::move(frames));
                  },
                  [](auto, auto) {
                  }});
  zmq::context_t context;
  zmq::socket_t sub{context, zmq::socket_type::sub};
  sub.set(zmq::sockopt::rcvtimeo, 10'000);
  sub.set(zmq::sockopt::subscribe, "");
  sub.connect(reactor->results_endpoint());
  zmq::socket_t push{context, zmq::socket_type::push};
  push.set(zmq::sockopt::linger, 0);
  push.connect(reactor->candles_endpoint());
  REQUIRE(send(push, "0"));
  std::string expected = "0";
  REQUIRE(reactor_fixture::receive(sub) == "t=0"); // live, or replayed
  for (int i = 1; i < 200; ++i) {
    REQUIRE(send(push, "x"));
    auto message = reactor_fixture::receive(sub);
    if (i == 1 && message == "t=0") // both
      message = reactor_fixture::receive(sub);
    REQUIRE(message == "t=" + std::to_string(i));
  }
  reactor->stop();
  CHECK(taken == 200);
}
