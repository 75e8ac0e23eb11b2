#include "reactor_fixture.hpp"
#include "tests/support/catch.hpp"
#include "transport/zmq_reactor_control.hpp"

using namespace riskbreaker::transport;

namespace {

using texts = std::vector<std::string>;

/// All frames of one message; none when none came in time.
texts receive_all(zmq::socket_t& socket) {
  texts result;
  zmq::message_t part;
  do {
    if (!socket.recv(part))
      return {};
    result.push_back(part.to_string());
  } while (part.more());
  return result;
}

void send_all(zmq::socket_t& socket, const texts& frames) {
  for (std::size_t i = 0; i < frames.size(); ++i)
    REQUIRE(socket.send(zmq::buffer(frames[i]), i + 1 < frames.size()
                                                  ? zmq::send_flags::sndmore
                                                  : zmq::send_flags::none));
}

texts route_of(const texts& frames) {
  return split_request(frames).route;
}

std::string body_of(const texts& frames) {
  return split_request(frames).body;
}

} // namespace

TEST_CASE("a request is split behind its delimiter", "[reactor]") {
  CHECK(route_of({"id", "", "body"}) == texts{"id", ""});
  CHECK(body_of({"id", "", "body"}) == "body");
  CHECK(route_of({"id", "body"}) == texts{"id"});
  CHECK(body_of({"id", "body"}) == "body");
  CHECK(route_of({"proxy", "id", "", "body"}) == texts{"proxy", "id", ""});
  CHECK(body_of({"proxy", "id", "", "body"}) == "body");
  CHECK(route_of({"id", "", ""}) == texts{"id", ""});
}

TEST_CASE("a request of an odd shape has no body but a way back", "[reactor]") {
  for (const auto& frames :
       {texts{"id", "", "a", "b"}, texts{"id", "", "", "b"}}) {
    CHECK(route_of(frames) == texts{"id", ""});
    CHECK(body_of(frames).empty());
  }
  for (const auto& frames :
       {texts{"id", ""}, texts{"id", "a", "b"}, texts{"id", "a", "b", "c"},
        texts{"id", "a", ""}, texts{"id"}}) {
    CHECK(route_of(frames) == texts{"id"});
    CHECK(body_of(frames).empty());
  }
  CHECK(route_of({}).empty());
}

TEST_CASE("REQ and DEALER get their answers in the shape they asked in",
          "[reactor]") {
  reactor_fixture x;
  auto req = x.peer(zmq::socket_type::req, x.reactor->control_endpoint());
  auto dealer = x.peer(zmq::socket_type::dealer, x.reactor->control_endpoint());
  for (int i = 0; i < 3; ++i) {
    send_all(req, {"ping"});
    CHECK(receive_all(req) == texts{"re:ping"});
    send_all(dealer, {"status"});
    CHECK(receive_all(dealer) == texts{"re:status"});
    send_all(dealer, {"", "status"});
    CHECK(receive_all(dealer) == texts{"", "re:status"});
    send_all(dealer, {"call 7", "", "status"});
    CHECK(receive_all(dealer) == texts{"call 7", "", "re:status"});
  }
}

TEST_CASE("odd requests are answered, and the client can go on", "[reactor]") {
  reactor_fixture x;
  auto dealer = x.peer(zmq::socket_type::dealer, x.reactor->control_endpoint());
  send_all(dealer, {""});
  CHECK(receive_all(dealer) == texts{"re:"});
  send_all(dealer, {"a", "b", "c"});
  CHECK(receive_all(dealer) == texts{"re:"});
  send_all(dealer, {"", "a", "b"});
  CHECK(receive_all(dealer) == texts{"", "re:"});
  send_all(dealer, texts(1'000, "part"));
  CHECK(receive_all(dealer) == texts{"re:"});
  send_all(dealer, {std::string("\0\xff{", 3)});
  CHECK(receive_all(dealer) == texts{"re:" + std::string("\0\xff{", 3)});
  send_all(dealer, {"ping"});
  CHECK(receive_all(dealer) == texts{"re:ping"});
}

TEST_CASE("a body over the limit is cut to one byte more", "[reactor]") {
  reactor_fixture x;
  auto req = x.peer(zmq::socket_type::req, x.reactor->control_endpoint());
  for (const std::size_t size :
       {max_control_body, max_control_body + 1, 3 * max_control_body}) {
    send_all(req, {std::string(size, 'x')});
    const auto answer = receive_all(req);
    REQUIRE(answer.size() == 1);
    CHECK(answer[0].size() == 3 + std::min(size, max_control_body + 1));
  }
}

TEST_CASE("many requests in a row are all answered in order", "[reactor]") {
  reactor_fixture x;
  auto dealer = x.peer(zmq::socket_type::dealer, x.reactor->control_endpoint());
  for (int i = 0; i < 900; ++i)
    send_all(dealer, {std::to_string(i)});
  for (int i = 0; i < 900; ++i)
    REQUIRE(receive_all(dealer) == texts{"re:" + std::to_string(i)});
}

TEST_CASE("a client that never reads loses its own answers only", "[reactor]") {
  reactor_fixture x;
  zmq::socket_t mute{x.context, zmq::socket_type::dealer};
  mute.set(zmq::sockopt::linger, 0);
  mute.set(zmq::sockopt::rcvhwm, 1);
  mute.set(zmq::sockopt::rcvbuf, 4'096);
  mute.set(zmq::sockopt::sndtimeo, 10'000);
  mute.connect(x.reactor->control_endpoint());
  const std::string large(100'000, 'x');
  for (int i = 0; i < 300; ++i)
    send_all(mute, {large});
  auto req = x.peer(zmq::socket_type::req, x.reactor->control_endpoint());
  send_all(req, {"ping"});
  CHECK(receive_all(req) == texts{"re:ping"});
}

TEST_CASE("answers to clients that are gone, or never were, are dropped",
          "[reactor]") {
  reactor_fixture x;
  x.reactor->reply({{"nobody", ""}, "lost"});
  x.reactor->reply({{}, "lost"});
  x.reactor->reply({{""}, "lost"});
  auto req = x.peer(zmq::socket_type::req, x.reactor->control_endpoint());
  send_all(req, {"ping"});
  CHECK(receive_all(req) == texts{"re:ping"});
}
