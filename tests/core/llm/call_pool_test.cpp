#include "core/llm/call_pool.hpp"
#include "tests/support/catch.hpp"

using namespace riskbreaker::core;
using namespace std::chrono_literals;

namespace {

constexpr steady_time start{};

pool_key key_of(const std::shared_ptr<const strategy>& who,
                const char* frame = "5m", unix_ms candle = {}) {
  return {who, *timeframe::parse(frame), candle};
}

} // namespace

TEST_CASE("requests of one strategy, timeframe and candle find each other",
          "[call_pool]") {
  auto one = std::make_shared<const strategy>();
  auto other = std::make_shared<const strategy>();
  call_pool pool;
  CHECK_FALSE(pool.waiting(key_of(one)));
  pool.open(key_of(one), 7, 9, start + 200ms);
  CHECK(pool.waiting(key_of(one)) == 7u);
  CHECK_FALSE(pool.waiting(key_of(other)));
  CHECK_FALSE(pool.waiting(key_of(one, "15m")));
  CHECK_FALSE(pool.waiting(key_of(one, "5m", unix_ms{300s})));
}

TEST_CASE("a strategy that a reload changed does not share with its former "
          "self",
          "[call_pool]") {
  auto before = std::make_shared<const strategy>();
  auto after = std::make_shared<const strategy>(*before);
  call_pool pool;
  pool.open(key_of(before), 1, 9, start + 200ms);
  CHECK_FALSE(pool.waiting(key_of(after)));
}

TEST_CASE("a call is due when its window is over, not a tick before",
          "[call_pool]") {
  auto who = std::make_shared<const strategy>();
  call_pool pool;
  CHECK_FALSE(pool.next_due());
  pool.open(key_of(who), 1, 9, start + 200ms);
  pool.open(key_of(who, "15m"), 2, 9, start + 100ms);
  CHECK(pool.next_due() == start + 100ms);
  CHECK(pool.take_due(start + 100ms - 1ns).empty());
  CHECK(pool.take_due(start + 100ms) == std::vector<std::uint64_t>{2});
  CHECK(pool.next_due() == start + 200ms);
  CHECK(pool.take_due(start + 1s) == std::vector<std::uint64_t>{1});
  CHECK_FALSE(pool.next_due());
  CHECK_FALSE(pool.waiting(key_of(who)));
}

TEST_CASE("a full call goes at once and the next request begins another",
          "[call_pool]") {
  auto who = std::make_shared<const strategy>();
  call_pool pool;
  pool.open(key_of(who), 1, 2, start + 200ms);
  CHECK_FALSE(pool.join(1));
  CHECK(pool.waiting(key_of(who)) == 1u);
  CHECK(pool.join(1));
  CHECK_FALSE(pool.waiting(key_of(who)));
  CHECK(pool.take_due(start + 1s).empty());
}

TEST_CASE("a call that was ended waits no longer", "[call_pool]") {
  auto who = std::make_shared<const strategy>();
  call_pool pool;
  pool.open(key_of(who), 1, 2, start + 200ms);
  pool.drop(1);
  CHECK_FALSE(pool.waiting(key_of(who)));
  CHECK_FALSE(pool.join(1));
  CHECK_FALSE(pool.next_due());
}

TEST_CASE("waiting for pairs leaves the model three quarters of the time",
          "[call_pool]") {
  CHECK(pool_wait(200ms, 20s) == 200ms);
  CHECK(pool_wait(200ms, 800ms) == 200ms);
  CHECK(pool_wait(200ms, 796ms) == 199ms);
  CHECK(pool_wait(0ms, 20s) == 0ms);
}
