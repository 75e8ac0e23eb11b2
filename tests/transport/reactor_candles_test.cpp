#include "reactor_fixture.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>
#include <thread>

using namespace riskbreaker::transport;

namespace {

reactor_config window_of(std::uint32_t n) {
  reactor_config result;
  result.window = n;
  return result;
}

} // namespace

TEST_CASE("20,000 frames pass in order and none is lost", "[reactor]") {
  reactor_fixture x;
  auto push = x.push();
  for (int i = 0; i < 20'000; ++i)
    REQUIRE(send(push, std::to_string(i)));
  REQUIRE(x.batches.wait_for(20'000));
  const auto frames = x.batches.frames();
  for (int i = 0; i < 20'000; ++i)
    if (frames[static_cast<std::size_t>(i)] != std::to_string(i))
      FAIL("frame " << i << " is " << frames[static_cast<std::size_t>(i)]);
  CHECK(x.batches.padded_);
}

TEST_CASE("a batch is never larger than asked for", "[reactor]") {
  reactor_config config;
  config.max_batch = 7;
  reactor_fixture x{config};
  auto push = x.push();
  for (int i = 0; i < 500; ++i)
    REQUIRE(send(push, "x"));
  REQUIRE(x.batches.wait_for(500));
  CHECK(*std::max_element(x.batches.sizes_.begin(), x.batches.sizes_.end())
        <= 7);
}

TEST_CASE("an empty frame is a frame", "[reactor]") {
  reactor_fixture x;
  auto push = x.push();
  REQUIRE(send(push, ""));
  REQUIRE(send(push, "behind"));
  REQUIRE(x.batches.wait_for(2));
  CHECK(x.batches.frames() == std::vector<std::string>{"", "behind"});
}

TEST_CASE("while credits are out, the pusher is held back and nothing is lost",
          "[reactor]") {
  constexpr std::size_t window = 64;
  reactor_fixture x{window_of(window)};
  x.batches.hold();
  zmq::socket_t push{x.context, zmq::socket_type::push};
  push.set(zmq::sockopt::linger, 0);
  push.set(zmq::sockopt::sndhwm, 10);
  push.set(zmq::sockopt::sndbuf, 4'096);
  push.set(zmq::sockopt::sndtimeo, 300);
  push.connect(x.reactor->candles_endpoint());
  // Each costs one credit, and soon fills what the kernel keeps.
  const auto frame = [](std::size_t i) {
    auto text = std::to_string(i);
    return text + std::string(120 - text.size(), ' ');
  };
  std::size_t sent = 0;
  while (sent < 1'000'000 && send(push, frame(sent)))
    ++sent;
  REQUIRE(sent < 1'000'000);
  REQUIRE(x.batches.wait_for(window));
  std::this_thread::sleep_for(quiet);
  CHECK(x.batches.frames().size() == window);

  x.batches.let_go();
  REQUIRE(x.batches.wait_for(sent));
  const auto frames = x.batches.frames();
  REQUIRE(frames.size() == sent);
  for (std::size_t i = 0; i < sent; ++i)
    if (frames[i] != frame(i))
      FAIL("frame " << i << " is " << frames[i]);
}

TEST_CASE("large frames cost more credits, and one alone always passes",
          "[reactor]") {
  reactor_fixture x{window_of(100)};
  x.batches.hold();
  auto push = x.push();
  const std::string half(127 * 50, 'h'); // 50 credits
  const std::string huge(1u << 20, 'H'); // 8,193
  for (const auto& frame : {half, half, half, huge, half, std::string{"end"}})
    REQUIRE(send(push, frame));
  REQUIRE(x.batches.wait_for(2));
  std::this_thread::sleep_for(quiet);
  REQUIRE(x.batches.frames().size() == 2);
  // The third is in flight, the huge one waits until nothing is.
  auto credits = x.batches.let_go();
  x.batches.hold();
  credits.clear();
  REQUIRE(x.batches.wait_for(3));
  std::this_thread::sleep_for(quiet);
  REQUIRE(x.batches.frames().size() == 3);
  credits = x.batches.let_go();
  x.batches.hold();
  credits.clear();
  REQUIRE(x.batches.wait_for(4));
  std::this_thread::sleep_for(quiet);
  REQUIRE(x.batches.frames().size() == 4);
  CHECK(x.batches.frames()[3] == huge);
  x.batches.let_go();
  REQUIRE(x.batches.wait_for(6));
  CHECK(x.batches.frames()[5] == "end");
}

TEST_CASE("frames over the limit come as their first 512 bytes", "[reactor]") {
  reactor_config config;
  config.max_frame = 1'000;
  reactor_fixture x{config};
  auto push = x.push();
  REQUIRE(send(push, std::string(1'000, 'a')));
  REQUIRE(send(push, std::string(1'001, 'b')));
  REQUIRE(send(push, std::string(15'000, 'c')));
  REQUIRE(send(push, "behind"));
  REQUIRE(x.batches.wait_for(2));
  CHECK(x.batches.frames()
        == std::vector<std::string>{std::string(1'000, 'a'), "behind"});
  CHECK(
    x.batches.oversized_
    == std::vector<std::string>{std::string(512, 'b'), std::string(512, 'c')});
}

TEST_CASE("messages of several frames are counted and dropped", "[reactor]") {
  reactor_fixture x;
  auto push = x.push();
  for (int i = 0; i < 3; ++i) {
    for (int part = 0; part <= i; ++part)
      REQUIRE(push.send(zmq::str_buffer("{}"), zmq::send_flags::sndmore));
    REQUIRE(push.send(zmq::str_buffer("{}")));
  }
  REQUIRE(send(push, "behind"));
  REQUIRE(x.batches.wait_for(1));
  CHECK(x.batches.frames() == std::vector<std::string>{"behind"});
  CHECK(x.batches.multipart_ == 3);
}

TEST_CASE("refused messages hold the pusher back like others", "[reactor]") {
  reactor_fixture x{window_of(4)};
  x.batches.hold();
  auto push = x.push();
  for (int i = 0; i < 10; ++i) {
    REQUIRE(push.send(zmq::str_buffer("{}"), zmq::send_flags::sndmore));
    REQUIRE(push.send(zmq::str_buffer("{}")));
  }
  REQUIRE(x.batches.wait([&] { return x.batches.multipart_ == 4; }));
  CHECK_FALSE(x.batches.wait([&] { return x.batches.multipart_ > 4; }, quiet));
  x.batches.let_go();
  CHECK(x.batches.wait([&] { return x.batches.multipart_ == 10; }));
}

TEST_CASE("credits may come back when the reactor is gone", "[reactor]") {
  std::vector<credit_ptr> credits;
  {
    reactor_fixture x;
    x.batches.hold();
    auto push = x.push();
    REQUIRE(send(push, "x"));
    REQUIRE(x.batches.wait_for(1));
    credits = x.batches.let_go();
    REQUIRE(credits.size() == 1);
    x.reactor->stop();
    credits.push_back(credits.front());
  }
  credits.clear();
}

TEST_CASE("credits come back from many threads at once", "[reactor]") {
  reactor_fixture x{window_of(16)};
  x.batches.hold();
  auto push = x.push();
  std::atomic<bool> done{false};
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i)
    threads.emplace_back([&] {
      while (!done) {
        auto credits = x.batches.let_go();
        x.batches.hold();
        credits.clear();
        std::this_thread::yield();
      }
    });
  for (int i = 0; i < 5'000; ++i)
    REQUIRE(send(push, "x"));
  CHECK(x.batches.wait_for(5'000));
  done = true;
  for (auto& thread : threads)
    thread.join();
}

TEST_CASE("reading can stop while results and control go on", "[reactor]") {
  reactor_fixture x;
  auto push = x.push();
  REQUIRE(send(push, "before"));
  REQUIRE(x.batches.wait_for(1));
  x.reactor->stop_reading();
  auto sub = x.joined_sub("t");
  REQUIRE(send(push, "after"));
  x.publish("t", "1");
  CHECK(x.receive(sub) == "t=1");
  auto req = x.peer(zmq::socket_type::req, x.reactor->control_endpoint());
  REQUIRE(send(req, "ping"));
  zmq::message_t answer;
  REQUIRE(req.recv(answer));
  CHECK(answer.to_string() == "re:ping");
  std::this_thread::sleep_for(quiet);
  CHECK(x.batches.frames().size() == 1);
}
