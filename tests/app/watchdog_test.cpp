#include "app/daemon.hpp"
#include "app/watchdog.hpp"
#include "tests/app/plain_daemon.hpp"
#include "tests/support/catch.hpp"

#include <zmq.hpp>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

using namespace riskbreaker;
using namespace std::chrono_literals;

namespace {

/// What the service manager was told.
class told {
public:
  app::service_notifier notifier() {
    return [this](const std::string& text) {
      std::lock_guard guard{mutex_};
      texts_.push_back(text);
      changed_.notify_all();
    };
  }

  std::size_t count(const std::string& prefix) {
    std::lock_guard guard{mutex_};
    return counted(prefix);
  }

  bool wait(const std::string& prefix, std::size_t n,
            std::chrono::milliseconds limit = 10s) {
    std::unique_lock guard{mutex_};
    return changed_.wait_for(guard, limit,
                             [&] { return counted(prefix) >= n; });
  }

  std::string last() {
    std::lock_guard guard{mutex_};
    return texts_.empty() ? "" : texts_.back();
  }

private:
  std::size_t counted(const std::string& prefix) const {
    std::size_t out = 0;
    for (const auto& x : texts_)
      out += x.rfind(prefix, 0) == 0 ? 1 : 0;
    return out;
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> texts_;
};

/// Keeps ingest busy until it is let go.
struct brake {
  std::mutex mutex;
  std::condition_variable changed;
  bool held = true;
  bool reached = false;

  void hold() {
    std::unique_lock guard{mutex};
    reached = true;
    changed.notify_all();
    changed.wait(guard, [&] { return !held; });
  }
  void wait_reached() {
    std::unique_lock guard{mutex};
    REQUIRE(changed.wait_for(guard, 10s, [&] { return reached; }));
  }
  void let_go() {
    std::lock_guard guard{mutex};
    held = false;
    changed.notify_all();
  }
};

class held_decoder final : public transport::candle_decoder {
public:
  explicit held_decoder(std::shared_ptr<brake> x) : brake_(std::move(x)) {
    // nop
  }
  void decode(std::string_view frame, transport::candle_sink& sink) override {
    brake_->hold();
    real_->decode(frame, sink);
  }

private:
  std::shared_ptr<brake> brake_;
  std::unique_ptr<candle_decoder> real_ = transport::make_candle_decoder();
};

app::daemon_options options(told& x) {
  auto out = tests::plain_daemon();
  out.notify = x.notifier();
  out.watchdog = 90ms;
  return out;
}

core::strategy_status strategy(const char* name, core::breaker_state state) {
  core::strategy_status out;
  out.name = name;
  out.breaker.state = state;
  return out;
}

} // namespace

TEST_CASE("a daemon that works gives signs of life, and none once it is gone",
          "[watchdog]") {
  told said;
  {
    app::daemon system{options(said)};
    system.start();
    CHECK(said.wait("WATCHDOG=1\nSTATUS=1 strategy, all breakers closed", 5));
    system.stop();
    std::this_thread::sleep_for(50ms); // its thread may be just telling one
    auto count = said.count("");
    std::this_thread::sleep_for(150ms);
    CHECK(said.count("") == count);
  }
}

TEST_CASE("an actor that hangs is told by silence, until it is back",
          "[watchdog]") {
  told said;
  auto held = std::make_shared<brake>();
  auto x = options(said);
  x.make_decoder = [held] {
    return std::make_unique<held_decoder>(held);
  };
  app::daemon system{std::move(x)};
  system.start();
  REQUIRE(said.wait("WATCHDOG=1", 2));
  zmq::context_t context;
  zmq::socket_t push{context, zmq::socket_type::push};
  push.set(zmq::sockopt::linger, 0);
  push.connect(system.candles_endpoint());
  push.send(zmq::buffer(std::string_view{"{}"}), zmq::send_flags::none);
  held->wait_reached();
  std::this_thread::sleep_for(100ms); // a round may have been on its way
  auto before = said.count("WATCHDOG=1");
  std::this_thread::sleep_for(500ms);
  CHECK(said.count("WATCHDOG=1") <= before);
  held->let_go();
  CHECK(said.wait("WATCHDOG=1", before + 3));
}

TEST_CASE("a daemon whose sockets are not served gives no sign of life",
          "[watchdog]") {
  told said;
  app::daemon system{options(said)}; // not started: all but the sockets' thread
  CHECK_FALSE(said.wait("WATCHDOG=1", 1, 400ms));
  system.start();
  CHECK(said.wait("WATCHDOG=1", 2));
}

TEST_CASE("the status names breakers that are not closed, but not endlessly",
          "[watchdog]") {
  using enum core::breaker_state;
  messages::strategy_listing all;
  CHECK(app::breakers_line(all) == "0 strategies, all breakers closed");
  all.strategies.push_back(strategy("a", closed));
  CHECK(app::breakers_line(all) == "1 strategy, all breakers closed");
  all.strategies.push_back(strategy("b", open));
  CHECK(app::breakers_line(all) == "2 strategies: b open");
  for (int i = 0; i < 5; ++i)
    all.strategies.push_back(strategy("c", forced_open));
  CHECK(app::breakers_line(all)
        == "7 strategies: b open, c forced_open, c forced_open, "
           "c forced_open, c forced_open and 1 more");
}
