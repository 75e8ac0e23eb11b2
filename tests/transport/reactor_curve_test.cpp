#include "tests/support/catch.hpp"
#include "tests/transport/reactor_fixture.hpp"

#include <algorithm>
#include <array>

using namespace riskbreaker;
using transport::reactor_config;

namespace {

struct key_pair {
  key_pair() {
    std::array<char, 41> first{};
    std::array<char, 41> second{};
    REQUIRE(zmq_curve_keypair(first.data(), second.data()) == 0);
    open = first.data();
    secret = second.data();
  }

  std::string open;
  std::string secret;
};

/// Who may do what: one key each for pushing, following, steering.
struct keys {
  key_pair server;
  key_pair pusher;
  key_pair follower;
  key_pair operator_;

  reactor_config config() const {
    reactor_config out;
    out.curve.emplace();
    out.curve->secret_key = server.secret;
    out.curve->clients.candles.keys = {pusher.open};
    out.curve->clients.results.keys = {follower.open};
    out.curve->clients.control.keys = {operator_.open};
    return out;
  }
};

struct fixture : keys, reactor_fixture {
  fixture() : reactor_fixture(config()) {
    // nop
  }

  zmq::socket_t with(const key_pair& own, zmq::socket_type type,
                     const std::string& endpoint,
                     const std::string& server_key) {
    zmq::socket_t out{context, type};
    out.set(zmq::sockopt::linger, 0);
    out.set(zmq::sockopt::immediate, true); // sends to connected peers only
    out.set(zmq::sockopt::rcvtimeo, static_cast<int>(patience.count()));
    out.set(zmq::sockopt::sndtimeo, static_cast<int>(patience.count()));
    out.set(zmq::sockopt::curve_serverkey, server_key);
    out.set(zmq::sockopt::curve_publickey, own.open);
    out.set(zmq::sockopt::curve_secretkey, own.secret);
    if (type == zmq::socket_type::sub)
      out.set(zmq::sockopt::subscribe, "");
    out.connect(endpoint);
    return out;
  }

  zmq::socket_t pushing(const key_pair& own) {
    return with(own, zmq::socket_type::push, reactor->candles_endpoint(),
                server.open);
  }

  /// Whether a request is answered.
  bool asks(const key_pair& own) {
    auto req = with(own, zmq::socket_type::req, reactor->control_endpoint(),
                    server.open);
    zmq::message_t answer;
    return req.send(zmq::str_buffer("x")).has_value()
           && req.recv(answer).has_value();
  }
};

} // namespace

TEST_CASE_METHOD(fixture, "with the right keys everything works under CURVE",
                 "[reactor][curve]") {
  auto push = pushing(pusher);
  REQUIRE(send(push, "candle"));
  CHECK(batches.wait_for(1));
  publish("risk.x", "kept");
  CHECK(asks(operator_));
  auto sub = with(follower, zmq::socket_type::sub, reactor->results_endpoint(),
                  server.open);
  CHECK(receive(sub) == "risk.x=kept");
}

TEST_CASE_METHOD(fixture,
                 "a key of another list gets nothing and is named once",
                 "[reactor][curve]") {
  auto push = pushing(follower);
  auto sub = with(pusher, zmq::socket_type::sub, reactor->results_endpoint(),
                  server.open);
  auto req = with(pusher, zmq::socket_type::req, reactor->control_endpoint(),
                  server.open);
  auto told = strangers.wait_for(3);
  REQUIRE(told.size() == 3);
  std::vector<std::string> who;
  for (const auto& x : told) {
    who.push_back(x.socket + ' ' + x.key);
    CHECK(x.address == "127.0.0.1");
    CHECK(x.times == 1);
    CHECK_THAT(x.reason,
               Catch::Contains("transport.curve.clients." + x.socket));
  }
  std::sort(who.begin(), who.end());
  CHECK(who
        == std::vector{"candles " + follower.open, "control " + pusher.open,
                       "results " + pusher.open});
  publish("risk.x", "secret");
  push.set(zmq::sockopt::sndtimeo, static_cast<int>(quiet.count()));
  CHECK_FALSE(send(push, "candle"));
  CHECK_FALSE(receive(sub, quiet));
  // They try again all the time; it is told once.
  CHECK(strangers.wait_for(3).size() == 3);
  CHECK(batches.frames().empty());
}

TEST_CASE_METHOD(fixture,
                 "without keys or with a wrong one for the server no "
                 "message comes through",
                 "[reactor][curve]") {
  // The reactor looks out for these once a second, when it is awake.
  auto plain = peer(zmq::socket_type::push, reactor->candles_endpoint());
  plain.send(zmq::str_buffer("plain"));
  auto wrong = with(pusher, zmq::socket_type::push, reactor->candles_endpoint(),
                    pusher.open);
  std::vector<transport::stranger> told;
  auto deadline = std::chrono::steady_clock::now() + patience;
  while (told.size() < 2 && std::chrono::steady_clock::now() < deadline) {
    REQUIRE(asks(operator_)); // wakes it
    told = strangers.wait_for(0);
  }
  REQUIRE(told.size() == 2);
  std::string reasons;
  for (const auto& x : told) {
    CHECK(x.socket == "candles");
    CHECK(x.key.empty());
    reasons += x.reason + '\n';
  }
  CHECK_THAT(reasons, Catch::Contains("no CURVE keys")
                        && Catch::Contains("another public key"));
  CHECK(batches.frames().empty());
}

TEST_CASE_METHOD(fixture, "a client that is listed later gets in",
                 "[reactor][curve]") {
  key_pair late;
  auto push = pushing(late);
  REQUIRE(strangers.wait_for(1).size() == 1);
  auto lists = config().curve->clients;
  lists.candles.keys.push_back(late.open);
  std::sort(lists.candles.keys.begin(), lists.candles.keys.end());
  reactor->admit(lists);
  auto again = pushing(late);
  REQUIRE(send(again, "candle"));
  CHECK(batches.wait_for(1));
}

TEST_CASE("who knows the daemon's key is in where everyone is allowed",
          "[reactor][curve]") {
  keys all;
  auto config = all.config();
  config.curve->clients.candles = {true, {}};
  reactor_fixture x{std::move(config)};
  key_pair anyone;
  zmq::socket_t push{x.context, zmq::socket_type::push};
  push.set(zmq::sockopt::linger, 0);
  push.set(zmq::sockopt::curve_serverkey, all.server.open);
  push.set(zmq::sockopt::curve_publickey, anyone.open);
  push.set(zmq::sockopt::curve_secretkey, anyone.secret);
  push.connect(x.reactor->candles_endpoint());
  REQUIRE(send(push, "candle"));
  CHECK(x.batches.wait_for(1));
}
