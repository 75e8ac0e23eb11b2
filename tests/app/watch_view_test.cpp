#include "app/seen_topics.hpp"
#include "app/watch_view.hpp"
#include "tests/support/catch.hpp"

#include <string>
#include <vector>

using namespace riskbreaker;
using namespace riskbreaker::app;

namespace {

const core::unix_ms now{core::milliseconds{1'700'000'000'000}};

std::string line(const std::string& topic, const std::string& payload) {
  return message_line(read_message(topic, payload), now, false);
}

std::string as_json(const std::string& topic, const std::string& payload) {
  return message_json(read_message(topic, payload));
}

} // namespace

TEST_CASE("a replayed value is dropped and a gap is counted", "[watch]") {
  seen_topics seen;
  auto look = [&](const char* boot, std::uint64_t seq) {
    return seen.observe("risk.s.A/B.5m", boot, seq);
  };
  CHECK(look("b1", 5).fresh); // wherever the daemon is by now
  CHECK_FALSE(look("b1", 5).fresh);
  CHECK_FALSE(look("b1", 4).fresh);
  auto next = look("b1", 6);
  CHECK(next.fresh);
  CHECK(next.missed == 0);
  auto gap = look("b1", 10);
  CHECK(gap.fresh);
  CHECK(gap.missed == 3);
}

TEST_CASE("a restarted daemon counts anew", "[watch]") {
  seen_topics seen;
  seen.observe("t", "b1", 100);
  auto x = seen.observe("t", "b2", 1);
  CHECK(x.fresh);
  CHECK(x.restarted);
  CHECK(x.missed == 0);
  CHECK_FALSE(seen.observe("t", "b2", 1).fresh);
}

TEST_CASE("topics are counted apart", "[watch]") {
  seen_topics seen;
  seen.observe("a", "b", 1);
  CHECK(seen.observe("c", "b", 1).fresh);
  CHECK(seen.observe("c", "b", 2).missed == 0);
}

TEST_CASE("NDJSON has the topic first and all numbers as they came",
          "[watch]") {
  CHECK(
    as_json("risk.s.币安人生/USDT:USDT.1m", R"({"v":1,"p":2.50e-8,"n":1.0})")
    == R"({"topic":"risk.s.币安人生/USDT:USDT.1m","v":1,"p":2.50e-8,"n":1.0})");
  CHECK(as_json("t", "{}") == R"({"topic":"t"})");
  CHECK(as_json("t", "{\n \"a\": 1\r\n}") == R"({"topic":"t",  "a": 1  })");
}

TEST_CASE("a payload that is no object stands as text", "[watch]") {
  CHECK(as_json("t", "[1]") == R"({"topic":"t","payload":"[1]"})");
  CHECK(as_json("t", "{broken") == R"({"topic":"t","payload":"{broken"})");
  CHECK(as_json("t", "") == R"({"topic":"t","payload":""})");
  CHECK(as_json("t\xFF", "\x1b")
        == "{\"topic\":\"t\xEF\xBF\xBD\",\"payload\":\"\\u001b\"}");
}

TEST_CASE("MessagePack payloads are shown as JSON", "[watch]") {
  CHECK(as_json("t", "\x82\xA1"
                     "a\x01\xA1"
                     "b\xC0")
        == R"({"topic":"t","a":1,"b":null})");
  // Nested as deep as it goes: no crash, no object.
  CHECK_THAT(as_json("t", std::string(1'000'000, '\x91')),
             Catch::StartsWith(R"({"topic":"t","payload":)"));
}

TEST_CASE("an assessment's line says time, score, verdict and source",
          "[watch]") {
  CHECK(line("risk.s.A/B.5m",
             R"({"issued_at":1700000045123,"score":62.04,"verdict":"allow",)"
             R"("source":"llm","cause":null,"confidence":0.74,"final":true,)"
             R"("reasons":["calm"]})")
        == "22:14:05  risk.s.A/B.5m  62.0 allow  llm  confidence 0.74  calm");
  CHECK(line("risk_provisional.s.A/B.5m",
             R"({"issued_at":1700000045123,"score":80,"verdict":"block",)"
             R"("source":"fallback","cause":"breaker_open","final":false})")
        == "22:14:05  risk_provisional.s.A/B.5m  80.0 block  "
           "fallback (breaker_open)  provisional  confidence -");
}

TEST_CASE("times are UTC whatever TZ says", "[watch]") {
  // https://github.com/freqtrade/freqtrade/issues/9345
  setenv("TZ", "Asia/Tokyo", 1);
  tzset();
  CHECK_THAT(line("heartbeat", R"({"uptime_s":12.3})"),
             Catch::StartsWith("22:13:20  heartbeat"));
  unsetenv("TZ");
  tzset();
}

TEST_CASE("a breaker's line says from where to where and why", "[watch]") {
  CHECK(line("breaker.s",
             R"({"from":"closed","to":"open","at":1700000000000,)"
             R"("cause":"consecutive_failures","consecutive_failures":3})")
        == "22:13:20  breaker.s  closed → open  consecutive_failures  "
           "failures 3");
}

TEST_CASE("a stranger's text cannot steer the terminal", "[watch]") {
  const std::vector<std::string> payloads{
    R"({"reasons":["\u001b[2J\u0007x\n\u009b1mfake"],"source":"\u001b]0;t"})",
    "\x1b[31mraw\n"};
  for (const auto& payload : payloads)
    for (std::string topic : {"risk.\x1b[31ms", "x\n", "ingest.rejected"}) {
      auto text = line(topic, payload);
      CHECK(text.find('\x1b') == std::string::npos);
      CHECK(text.find('\n') == std::string::npos);
      CHECK(text.find("\xC2\x9B") == std::string::npos);
    }
}

TEST_CASE("members of the wrong type do not stop the watch", "[watch]") {
  for (std::string topic : {"risk.s.A/B.5m", "breaker.s", "stats.s", "config",
                            "heartbeat", "ingest.rejected"})
    for (std::string payload :
         {R"({"score":"x","reasons":[1],"final":3,"issued_at":1e300,"at":-1})",
          R"({"reasons":{},"cause":[],"verdict":{},"at":99999999999999999})",
          "{}", "null"})
      CHECK_FALSE(line(topic, payload).empty());
}
