#include "tests/support/catch.hpp"
#include "transport/control_codec.hpp"

#include <nlohmann/json.hpp>

#include <memory>
#include <string>

using namespace riskbreaker;
using namespace riskbreaker::transport;
using json = nlohmann::ordered_json;

namespace {

core::unix_ms at(std::int64_t ms) {
  return core::unix_ms{core::milliseconds{ms}};
}

auto codec() {
  return make_control_codec();
}

const daemon_info info{"0.1.0", "b00t", 12.5, 3};

} // namespace

TEST_CASE("an error carries its code, its message and the id",
          "[control_codec]") {
  CHECK(codec()->error({"bad_argument", "pair: \"\xFF\"", "7"})
        == "{\"ok\":false,\"id\":7,\"error\":{\"code\":\"bad_argument\","
           "\"message\":\"pair: \\\"\xEF\xBF\xBD\\\"\"}}");
  CHECK(codec()->error({"internal", "x", ""})
        == R"({"ok":false,"error":{"code":"internal","message":"x"}})");
}

TEST_CASE("ping says who answers", "[control_codec]") {
  CHECK(codec()->ping("\"a\"", info)
        == R"({"ok":true,"id":"a","version":"0.1.0","boot":"b00t",)"
           R"("uptime_s":12.5})");
}

TEST_CASE("status shows each strategy's breaker", "[control_codec]") {
  core::strategy_status open;
  open.name = "s1";
  open.breaker = {core::breaker_state::open, at(1'000), at(31'000), 3};
  open.in_flight = 2;
  open.endpoints = {"a", "b"};
  open.llm_enabled = true;
  core::strategy_status off;
  off.name = "s2";
  auto x
    = json::parse(codec()->status("", info, {open, off}, 5, {}, at(1'500)));
  CHECK(x
        == json({{"ok", true},
                 {"version", "0.1.0"},
                 {"boot", "b00t"},
                 {"uptime_s", 12.5},
                 {"config_version", 3},
                 {"strategies",
                  {{"s1",
                    {{"state", "open"},
                     {"state_since", 1'000},
                     {"consecutive_failures", 3},
                     {"retry_in_s", 29.5},
                     {"in_flight", 2},
                     {"endpoints", {"a", "b"}},
                     {"llm_enabled", true},
                     {"draining", false}}},
                   {"s2",
                    {{"state", "closed"},
                     {"state_since", 0},
                     {"consecutive_failures", 0},
                     {"retry_in_s", nullptr},
                     {"in_flight", 0},
                     {"endpoints", json::array()},
                     {"llm_enabled", false},
                     {"draining", false}}}}},
                 {"series_count", 5},
                 {"journal", nullptr},
                 {"budgets", json::object()},
                 {"faults", json::object()}}));
  CHECK(json::parse(codec()->status("", info, {}, 0, {}, at(0)))["strategies"]
        == json::object());
}

TEST_CASE("status says what the day has cost", "[control_codec]") {
  daemon_info day;
  core::endpoint_limits limits;
  limits.usd_per_day = 5;
  limits.calls_per_day.reset();
  day.budgets = {{"nano-gpt", limits, 12, 0.25}};
  auto x = json::parse(codec()->status("", day, {}, 0, {}, at(0)))["budgets"];
  CHECK(x
        == json({{"nano-gpt",
                  {{"calls_today", 12},
                   {"calls_per_day", nullptr},
                   {"usd_today", 0.25},
                   {"usd_per_day", 5}}}}));
}

TEST_CASE("status says whether the journal is written", "[control_codec]") {
  core::journal_status journal{"j.db", "", 7, 0, 1};
  auto said = [&] {
    auto reply = codec()->status("", info, {}, 0, journal, at(0));
    return json::parse(reply)["journal"];
  };
  CHECK(said()
        == json({{"ok", true},
                 {"path", "j.db"},
                 {"rows_written", 7},
                 {"rows_waiting", 1},
                 {"rows_lost", 0},
                 {"error", nullptr}}));
  journal.error = "the disk is full";
  journal.rows_lost = 5;
  CHECK(said()["ok"] == false);
  CHECK(said()["error"] == "the disk is full");
  CHECK(said()["rows_lost"] == 5);
}

TEST_CASE("series tells what is kept of each", "[control_codec]") {
  core::series_status full;
  full.key = {"币安人生/USDT:USDT", *core::timeframe::parse("1M")};
  full.candles = 500;
  full.last_time = at(1'700'000'000'000);
  full.filled = 12;
  full.strategies = {"s1"};
  core::series_status forming;
  forming.key = {"BTC/USDT", *core::timeframe::parse("1m")};
  auto x = json::parse(codec()->series("1", {full, forming}));
  CHECK(x["id"] == 1);
  REQUIRE(x["series"].size() == 2);
  CHECK(x["series"][0]
        == json({{"pair", "币安人生/USDT:USDT"},
                 {"timeframe", "1M"},
                 {"candles", 500},
                 {"last_time", 1'700'000'000'000},
                 {"filled", 12},
                 {"strategies", {"s1"}}}));
  CHECK(x["series"][1]["last_time"].is_null());
}

TEST_CASE("stats come per strategy, with the candles beside them",
          "[control_codec]") {
  core::strategy_snapshot snapshot;
  snapshot.strategy = "s1";
  snapshot.total_calls = 4;
  core::breaker_status state;
  state.state = core::breaker_state::forced_open;
  core::ingest_counts ingest{10, 1, 2, 3, 4, 5, 6, 8, 7, {}};
  ingest.refused_by_reason[0] = 7;
  auto x
    = json::parse(codec()->stats("", {{snapshot, state}}, ingest, at(1'000)));
  CHECK(x["ok"] == true);
  CHECK(x["strategies"]["s1"]["state"] == "forced_open");
  CHECK(x["strategies"]["s1"]["total_calls"] == 4);
  CHECK(x["strategies"]["s1"]["success_rate"].is_null());
  CHECK(x["candles"]
        == json({{"accepted", 10},
                 {"duplicates", 1},
                 {"revisions", 2},
                 {"late", 3},
                 {"filled", 4},
                 {"forming", 5},
                 {"restarts", 6},
                 {"dropped_series", 8},
                 {"refused", 7},
                 {"refused_by_reason", {{"malformed", 7}}}}));
}

TEST_CASE("a breaker command is answered with the new state",
          "[control_codec]") {
  CHECK(codec()->breaker("", core::breaker_state::forced_closed)
        == R"({"ok":true,"state":"forced_closed"})");
}

TEST_CASE("a good reload tells what changed", "[control_codec]") {
  core::config_report x;
  x.version = 4;
  x.changes = {"/strategies/s1/gate"};
  x.needs_restart = {"/http/bind"};
  CHECK(codec()->reload("9", x)
        == R"({"ok":true,"id":9,"version":4,"changes":["/strategies/s1/gate"],)"
           R"("needs_restart":["/http/bind"]})");
}

TEST_CASE("a bad reload is an error with all that is wrong",
          "[control_codec]") {
  core::config_report x;
  x.version = 3;
  x.ok = false;
  x.errors = {"a.json:3: bad", "a.json:9: worse"};
  auto reply = json::parse(codec()->reload("", x));
  CHECK(reply["ok"] == false);
  CHECK(reply["error"]["code"] == "bad_config");
  CHECK_THAT(reply["error"]["message"].get<std::string>(),
             Catch::Contains("a.json:3: bad") && Catch::Contains("1 more"));
  CHECK(reply["errors"] == json({"a.json:3: bad", "a.json:9: worse"}));
  CHECK(reply["version"] == 3);
}

TEST_CASE("the effective configuration keeps its order and becomes one line",
          "[control_codec]") {
  CHECK(codec()->config("", "{\n  \"b\": 1,\n  \"a\": [0.1]\n}")
        == R"({"ok":true,"config":{"b":1,"a":[0.1]}})");
  CHECK_THAT(codec()->config("", "{"), Catch::Contains("internal"));
}

TEST_CASE("an assessment for one caller belongs to no topic and has no seq",
          "[control_codec]") {
  auto strategy = std::make_shared<core::strategy>();
  strategy->name = "s1";
  core::assessment x;
  x.id = 5;
  x.strategy = strategy;
  x.series = std::make_shared<core::series_key>(
    core::series_key{"BTC/USDT", *core::timeframe::parse("5m")});
  auto reply = json::parse(codec()->assess("1", x, "b00t"));
  CHECK(reply["ok"] == true);
  CHECK(reply["assessment"]["id"] == "b00t-5");
  CHECK(reply["assessment"]["boot"] == "b00t");
  CHECK(reply["assessment"]["seq"].is_null());
  CHECK(reply["assessment"]["verdict"] == "block");
}
