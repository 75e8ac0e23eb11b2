#include "tests/support/catch.hpp"
#include "transport/last_value_cache.hpp"

#include <vector>

using riskbreaker::transport::last_value_cache;

namespace {

using found = std::vector<std::string>;

found replay(const last_value_cache& cache, std::string_view prefix) {
  found result;
  for (auto x = cache.next(prefix, {}); x; x = cache.next(prefix, x->topic))
    result.push_back(std::string{x->topic} + '=' + *x->payload);
  return result;
}

} // namespace

TEST_CASE("an empty cache has nothing to replay", "[last_value_cache]") {
  const last_value_cache cache;
  CHECK(replay(cache, "").empty());
  CHECK(replay(cache, "risk.").empty());
}

TEST_CASE("the cache keeps the last value of a topic", "[last_value_cache]") {
  last_value_cache cache;
  cache.put("a", "1");
  cache.put("b", "2");
  cache.put("a", "3");
  CHECK(replay(cache, "") == found{"a=3", "b=2"});
  CHECK(cache.size() == 2);
}

TEST_CASE("a replay is of one prefix and in the order of bytes",
          "[last_value_cache]") {
  last_value_cache cache;
  for (const auto* topic : {"stats.x", "risk.s.币/USDT.5m", "risk.s.A/B.5m",
                            "risk.s.A/B.1m", "risk", "riskier", "breaker.s"})
    cache.put(topic, "v");
  CHECK(replay(cache, "risk.")
        == found{"risk.s.A/B.1m=v", "risk.s.A/B.5m=v", "risk.s.币/USDT.5m=v"});
  CHECK(replay(cache, "risk").size() == 5);
  CHECK(replay(cache, "risk.s.A/B.1m") == found{"risk.s.A/B.1m=v"});
  CHECK(replay(cache, "risk.s.A/B.1mm").empty());
  CHECK(replay(cache, "z").empty());
  CHECK(replay(cache, "").size() == 7);
}

TEST_CASE("prefixes may hold any bytes", "[last_value_cache]") {
  last_value_cache cache;
  cache.put(std::string("a\0b", 3), "1");
  cache.put("\xff\xff", "2");
  CHECK(replay(cache, std::string_view("a\0", 2)).size() == 1);
  CHECK(replay(cache, "\xff") == found{"\xff\xff=2"});
}

TEST_CASE("a replay may pause while topics come in", "[last_value_cache]") {
  last_value_cache cache;
  cache.put("b", "1");
  cache.put("d", "1");
  const auto first = cache.next("", {});
  REQUIRE(first);
  CHECK(first->topic == "b");
  for (int i = 0; i < 1'000; ++i)
    cache.put("x" + std::to_string(i), "1");
  cache.put("a", "1"); // before the pause: reached its subscriber when it came
  cache.put("c", "1");
  const auto second = cache.next("", first->topic);
  REQUIRE(second);
  CHECK(second->topic == "c");
  const auto third = cache.next("", second->topic);
  REQUIRE(third);
  CHECK(third->topic == "d");
}

TEST_CASE("a forgotten topic is gone, and its walk goes on behind it",
          "[last_value_cache]") {
  last_value_cache cache;
  for (const auto* topic : {"a", "b", "c"})
    cache.put(topic, "1");
  cache.forget("b");
  cache.forget("never there");
  CHECK(replay(cache, "") == found{"a=1", "c=1"});
  CHECK(cache.size() == 2);
  const auto after = cache.next("", "b"); // the pause was at a topic now gone
  REQUIRE(after);
  CHECK(after->topic == "c");
  cache.put("b", "2");
  CHECK(replay(cache, "") == found{"a=1", "b=2", "c=1"});
}
