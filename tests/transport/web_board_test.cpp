#include "tests/support/catch.hpp"
#include "tests/support/published.hpp"
#include "transport/web_board.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <memory>
#include <string>

using namespace riskbreaker;
using namespace riskbreaker::transport;
using namespace std::chrono_literals;

namespace {

const core::unix_ms now{1'700'000'000s};

/// A board that takes lists.
struct test_board : web_board {
  void publish(const std::vector<tests::published_frame>& list) {
    web_board::publish(tests::frames_of(list));
  }
};

tests::published_frame frame(std::string topic, std::string payload,
                             bool keep = true) {
  return {std::move(topic), std::move(payload), keep};
}

tests::published_frame forget(std::string topic) {
  return {std::move(topic), {}, false, true};
}

tests::published_frame transition(std::string strategy, core::unix_ms at,
                                  std::string to = "open") {
  nlohmann::json x{{"strategy", strategy},
                   {"from", "closed"},
                   {"to", to},
                   {"at", at.time_since_epoch().count()}};
  return frame("breaker." + strategy, x.dump());
}

std::vector<std::string> all_last(const web_board& x, event_kinds kinds,
                                  std::size_t bytes) {
  std::vector<std::string> out;
  std::string after;
  for (bool done = false; !done;)
    for (const auto& one : x.last_values(after, kinds, bytes, done))
      out.push_back(one.topic + one.payload);
  return out;
}

std::string payloads(web_board& x, bool& more) {
  std::string out;
  for (const auto& one : x.take(more))
    out += one.payload + ' ';
  return out;
}

} // namespace

TEST_CASE("the last value of every topic is kept, piece by piece",
          "[web_board]") {
  test_board x;
  x.publish({frame("risk.a", "1"), frame("stats.a", "2"), frame("risk.a", "3"),
             frame("heartbeat", "4", false), frame("risk.b", "5"),
             frame("risk.c", "6"), forget("risk.c"), forget("risk.d")});
  using list = std::vector<std::string>;
  for (std::size_t bytes : {1U, 8U, 1000U}) {
    CHECK(all_last(x, all_event_kinds, bytes)
          == list{"risk.a3", "risk.b5", "stats.a2"});
    CHECK(all_last(x, bit_of(event_kind::stats), bytes) == list{"stats.a2"});
  }
  CHECK(all_last(x, bit_of(event_kind::breaker), 1000).empty());
  x.publish({frame("risk.z", "7"), frame("riskz", "8"), frame("config", "9")});
  CHECK(all_last(x, bit_of(event_kind::config) | bit_of(event_kind::stats), 1)
        == list{"config9", "stats.a2"});
  CHECK(all_last(web_board{}, all_event_kinds, 1000).empty());
  CHECK(x.published() == 9);
}

TEST_CASE("a topic that goes while it is looked at does no harm",
          "[web_board]") {
  test_board x;
  x.publish({frame("risk.a", "1"), frame("risk.b", "2"), frame("risk.c", "3")});
  std::string after;
  bool done = false;
  CHECK(x.last_values(after, all_event_kinds, 1, done).size() == 1);
  x.publish({forget("risk.a"), forget("risk.b")});
  auto rest = x.last_values(after, all_event_kinds, 1000, done);
  REQUIRE(rest.size() == 1);
  CHECK(rest[0].topic == "risk.c");
  CHECK(done);
}

TEST_CASE("nobody listens: nothing waits", "[web_board]") {
  test_board x;
  int told = 0;
  x.on_news = [&] {
    ++told;
  };
  x.publish({frame("risk.a", "1")});
  bool more = true;
  CHECK(x.take(more).empty());
  CHECK_FALSE(more);
  CHECK(told == 0);
}

TEST_CASE("listeners get everything in order while it fits", "[web_board]") {
  test_board x;
  int told = 0;
  x.on_news = [&] {
    ++told;
  };
  x.listen(1000);
  x.publish({frame("risk.a", "1"), frame("risk_provisional.a", "2", false)});
  x.publish({frame("risk.a", "3"), frame("odd", "4"), forget("risk.b")});
  CHECK(told == 1);
  bool more = true;
  CHECK(payloads(x, more) == "1 2 3 ");
  CHECK_FALSE(more);
  x.publish({frame("risk.a", "5")});
  CHECK(told == 2);
  x.listen(0);
  CHECK(payloads(x, more).empty());
}

TEST_CASE("more than fits: the newest of a topic stands for the others",
          "[web_board]") {
  test_board x;
  x.listen(100);
  for (int i = 0; i < 1000; ++i)
    x.publish({frame("risk." + std::to_string(i % 50), std::to_string(i))});
  std::vector<std::string> seen;
  bool more = true;
  int looks = 0;
  for (; more; ++looks) {
    std::size_t bytes = 0;
    for (const auto& one : x.take(more)) {
      bytes += one.topic.size() + one.payload.size();
      seen.push_back(one.payload);
    }
    REQUIRE(bytes <= 250);
  }
  CHECK(looks > 3);
  // The newest of all fifty came.
  for (int i = 950; i < 1000; ++i)
    CHECK(std::find(seen.begin(), seen.end(), std::to_string(i)) != seen.end());
  CHECK(seen.size() + x.skipped() == 1000);
}

TEST_CASE("what is owed of a topic is not overtaken", "[web_board]") {
  test_board x;
  x.listen(8);
  bool more = false;
  x.publish(
    {frame("risk.a", "111"), frame("risk.b", "1"), frame("risk.c", "1")});
  CHECK(payloads(x, more) == "111 1 "); // a, and what is owed of b
  CHECK(more);
  x.publish({frame("risk.c", "2")});
  CHECK(payloads(x, more) == "2 ");
  CHECK_FALSE(more);
  CHECK(x.skipped() == 1);
}

TEST_CASE("transitions and refusals are never left out for newer ones",
          "[web_board]") {
  test_board x;
  x.listen(10);
  x.publish({frame("risk.a", "1234567890")});
  for (int i = 0; i < 100; ++i)
    x.publish({transition("s", now, std::to_string(i)),
               frame("ingest.rejected", "r", false)});
  bool more = false;
  CHECK(x.take(more).size() == 201);
  for (int i = 0; i < 10'000; ++i) // but memory is bounded
    x.publish({frame("ingest.rejected", "r", false)});
  CHECK(x.take(more).size() == 4096);
}

TEST_CASE("a topic that is forgotten is owed no more", "[web_board]") {
  test_board x;
  x.listen(4);
  x.publish({frame("risk.a", "1"), frame("risk.b", "1"), forget("risk.b")});
  bool more = true;
  CHECK(payloads(x, more) == "1 ");
  CHECK_FALSE(more);
}

TEST_CASE("the transitions of a day, oldest first", "[web_board]") {
  test_board x;
  auto day = std::chrono::hours{24};
  x.publish({transition("b", now - 1h, "3"), transition("a", now - day, "1"),
             transition("a", now - 2h, "2"), transition("a", now, "4"),
             transition("c", now - day - 1ms, "0"),
             transition("a", now, "closed")}); // no move: the state at start
  std::string order;
  for (const auto& text : x.transitions(now))
    order += nlohmann::json::parse(*text)["to"].get<std::string>();
  CHECK(order == "1234");
  x.publish({forget("breaker.a")});
  CHECK(x.transitions(now).size() == 1);
}

TEST_CASE("of a breaker that flaps the newest transitions are kept",
          "[web_board]") {
  test_board x;
  const auto most = static_cast<int>(web_board::max_transitions);
  for (int i = 0; i < most + 10; ++i)
    x.publish({transition("s", now + i * 1ms, std::to_string(i))});
  auto got = x.transitions(now);
  REQUIRE(got.size() == web_board::max_transitions);
  CHECK(nlohmann::json::parse(*got.front())["to"] == "10");
}

TEST_CASE("MessagePack is shown as JSON", "[web_board]") {
  auto tree = nlohmann::ordered_json::parse(
    R"({"strategy":"s","from":"closed","to":"open","at":1700000000000})");
  auto packed = nlohmann::ordered_json::to_msgpack(tree);
  std::string payload{packed.begin(), packed.end()};
  CHECK(json_of(payload) == tree.dump());
  test_board x;
  x.publish({frame("breaker.s", payload)});
  REQUIRE(x.transitions(now).size() == 1);
  CHECK(*x.transitions(now).front() == tree.dump());
  std::string text;
  append_event(text, event_kind::breaker, "breaker.s", payload);
  CHECK(text
        == "event: breaker\ndata: {\"topic\":\"breaker.s\",\"payload\":"
             + tree.dump() + "}\n\n");
  CHECK(json_of("\xc1") == "null"); // no MessagePack at all
}

TEST_CASE("topics are of the kind that their first word says", "[web_board]") {
  CHECK(kind_of("risk.a.BTC/USDT.5m") == event_kind::risk);
  CHECK(kind_of("risk_provisional.a.B.5m") == event_kind::risk_provisional);
  CHECK(kind_of("breaker.a") == event_kind::breaker);
  CHECK(kind_of("ingest.rejected") == event_kind::rejected);
  CHECK(kind_of("heartbeat") == event_kind::heartbeat);
  for (auto odd : {"", "risks.a", "ingest", "Breaker.a", ".risk"})
    CHECK_FALSE(kind_of(odd));
}

TEST_CASE("a topic with a quote or a line's end stays in its string",
          "[web_board]") {
  std::string text;
  append_event(text, event_kind::risk, "risk.\"\n<b>", "{}");
  CHECK(std::count(text.begin(), text.end(), '\n') == 3);
  auto data = text.substr(text.find("data: ") + 6);
  CHECK(nlohmann::json::parse(data)["topic"] == "risk.\"\n<b>");
}

TEST_CASE("the configuration that was read last may have been refused",
          "[web_board]") {
  test_board x;
  CHECK(x.config_ok());
  x.publish({frame("config", R"({"ok":false})")});
  CHECK_FALSE(x.config_ok());
  x.publish({frame("config", R"({"ok":true})")});
  CHECK(x.config_ok());
}
