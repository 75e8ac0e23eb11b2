#include "app/daemon.hpp"
#include "tests/app/plain_daemon.hpp"
#include "tests/support/catch.hpp"

#include <zmq.hpp>

#include <atomic>
#include <fstream>
#include <memory>
#include <string>
#include <thread>

// AddressSanitizer holds back what is freed, to catch late uses: what the
// process holds says nothing then.
#if defined(__has_feature)
#  if __has_feature(address_sanitizer)
#    define KEEPS_FREED_MEMORY
#  endif
#endif
#ifdef __SANITIZE_ADDRESS__
#  define KEEPS_FREED_MEMORY
#endif

using namespace riskbreaker;
using namespace std::chrono_literals;

namespace {

/// Decodes like the real one, but gives up the processor for a while now and
/// then: an ingest that cannot keep up.
class slow_decoder final : public transport::candle_decoder {
public:
  void decode(std::string_view frame, transport::candle_sink& sink) override {
    if (++frames_ % 100 == 0)
      std::this_thread::sleep_for(2ms);
    real_->decode(frame, sink);
  }

private:
  std::unique_ptr<candle_decoder> real_ = transport::make_candle_decoder();
  std::uint64_t frames_ = 0;
};

long resident_kb() {
  std::ifstream file{"/proc/self/status"};
  std::string line;
  while (std::getline(file, line))
    if (line.rfind("VmRSS:", 0) == 0)
      return std::stol(line.substr(6));
  return 0;
}

constexpr int pairs = 10;
constexpr int candle_count = 200'000;

std::string frame(int i) {
  auto time = 1'600'000'200'000LL + i / pairs * 300'000LL;
  return R"({"pair":"P)" + std::to_string(i % pairs)
         + R"(/USDT","timeframe":"5m","time":)" + std::to_string(time)
         + R"(,"open":1,"high":2,"low":1,"close":2,"volume":1})";
}

} // namespace

TEST_CASE("a slow ingest holds the pusher back and loses nothing",
          "[backpressure]") {
  auto options = tests::plain_daemon();
  options.make_decoder = [] {
    return std::make_unique<slow_decoder>();
  };
  app::daemon system{std::move(options)};
  system.start();

  std::atomic<int> received{0};
  std::atomic<bool> subscribed{false};
  std::thread subscriber{[&] {
    zmq::context_t context;
    zmq::socket_t socket{context, zmq::socket_type::sub};
    socket.set(zmq::sockopt::rcvhwm, 0);
    socket.set(zmq::sockopt::rcvtimeo, 20'000);
    socket.set(zmq::sockopt::subscribe, "risk.");
    socket.set(zmq::sockopt::subscribe, "breaker.s");
    socket.connect(system.results_endpoint());
    zmq::message_t topic;
    zmq::message_t payload;
    while (received < candle_count && socket.recv(topic)
           && socket.recv(payload)) {
      if (topic.to_string_view().rfind("breaker.", 0) == 0)
        subscribed = true;
      else
        ++received;
    }
  }};
  while (!subscribed)
    std::this_thread::sleep_for(5ms);

  zmq::context_t context;
  zmq::socket_t push{context, zmq::socket_type::push};
  push.set(zmq::sockopt::sndtimeo, 20'000);
  push.connect(system.candles_endpoint());
  auto began = std::chrono::steady_clock::now();
  auto blocked = 0ns;
  long warm = 0;
  long peak = 0;
  int worst_lead = 0;
  for (int i = 0; i < candle_count; ++i) {
    auto text = frame(i);
    auto before = std::chrono::steady_clock::now();
    REQUIRE(push.send(zmq::buffer(text), zmq::send_flags::none));
    blocked += std::chrono::steady_clock::now() - before;
    worst_lead = std::max(worst_lead, i - received);
    if (i == candle_count / 4)
      warm = resident_kb();
    if (i > candle_count / 4 && i % 1'000 == 0)
      peak = std::max(peak, resident_kb());
  }
  auto took = std::chrono::steady_clock::now() - began;
  subscriber.join();
  CHECK(received == candle_count);
  // Held back: it spent most of its time waiting to send, and never got further
  // ahead than the credits and the high-water marks (and what the kernel's
  // buffers hold of such small frames) let it.
  CHECK(blocked > took / 2);
  CHECK(worst_lead < candle_count / 2);
#ifndef KEEPS_FREED_MEMORY
  CHECK(peak - warm < 40'000);
#endif
  WARN("held back for " << blocked * 100 / took << " % of the time, at most "
                        << worst_lead << " candles ahead, memory grew by "
                        << peak - warm << " kB");
}
