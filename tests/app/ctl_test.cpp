#include "app/ctl.hpp"
#include "app/ctl_view.hpp"
#include "tests/app/command_fixture.hpp"
#include "tests/support/catch.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <future>
#include <string>

using namespace riskbreaker;
using namespace riskbreaker::app;
using json = nlohmann::ordered_json;

namespace {

struct fixture : tests::command_fixture {
  fixture() : command_fixture(zmq::socket_type::rep) {
    options.connect = address;
  }

  /// Runs the command against a daemon that answers `reply`.
  int ask(const std::string& reply) {
    auto code
      = std::async(std::launch::async, [&] { return run_ctl(options, con()); });
    request = receive();
    socket.send(zmq::buffer(reply));
    return code.get();
  }

  ctl_options options;
  std::string request;
};

json request_of(const std::string& command, const std::string& strategy = {}) {
  ctl_options options;
  options.command = command;
  options.strategy = strategy;
  return json::parse(control_request(options));
}

std::string view(const std::string& command, const std::string& reply) {
  return control_view(command, json::parse(reply),
                      core::unix_ms{core::milliseconds{1'700'000'100'000}});
}

} // namespace

TEST_CASE("ctl commands become the contract's requests", "[ctl]") {
  CHECK(request_of("status") == json({{"cmd", "status"}}));
  auto breaker = [](const char* action) {
    return json({{"cmd", "breaker"}, {"strategy", "s"}, {"action", action}});
  };
  CHECK(request_of("reset", "s") == breaker("reset"));
  CHECK(request_of("open", "s") == breaker("force_open"));
  CHECK(request_of("close", "s") == breaker("force_closed"));
  CHECK(request_of("auto", "s") == breaker("auto"));
  ctl_options history;
  history.command = "history";
  history.pair = "A/\"B";
  history.timeframe = "5m";
  history.limit = 3;
  CHECK(json::parse(control_request(history))
        == json({{"cmd", "history"},
                 {"pair", "A/\"B"},
                 {"timeframe", "5m"},
                 {"limit", 3}}));
}

TEST_CASE_METHOD(fixture, "ctl: a reply goes out as it came when piped",
                 "[ctl]") {
  options.command = "ping";
  CHECK(ask(R"({"ok":true,"version":"1","x":1.50})") == 0);
  CHECK(request == R"({"cmd":"ping"})");
  CHECK(out.str() == "{\"ok\":true,\"version\":\"1\",\"x\":1.50}\n");
  CHECK(err.str().empty());
}

TEST_CASE_METHOD(fixture, "ctl: an error is one line and a failure", "[ctl]") {
  options.command = "reset";
  options.strategy = "nope";
  CHECK(ask(R"({"ok":false,"error":{"code":"unknown_strategy",)"
            R"("message":"nope\n is \u001b[31m not known"}})")
        == 1);
  CHECK(out.str().empty());
  CHECK(err.str()
        == "riskbreaker ctl reset: unknown_strategy: nope  is  not known\n");
}

TEST_CASE_METHOD(fixture, "ctl: whoever else answers is told apart", "[ctl]") {
  options.command = "ping";
  CHECK(ask("HTTP/1.1 400") == 1);
  CHECK_THAT(err.str(), Catch::Contains("no riskbreaker"));
  CHECK(ask("[]") == 1);
  CHECK(ask("{}") == 1);
}

TEST_CASE_METHOD(fixture, "ctl: without a daemon it says so in one line",
                 "[ctl]") {
  options.command = "status";
  options.connect = nobody();
  options.timeout = 0.2;
  CHECK(run_ctl(options, con()) == 1);
  auto said = err.str();
  CHECK(std::count(said.begin(), said.end(), '\n') == 1);
  CHECK_THAT(said, Catch::Contains(options.connect) && Catch::Contains("0.2 s")
                     && Catch::Contains("riskbreaker serve -c"));
  options.connect = "nonsense";
  CHECK(run_ctl(options, con()) == 2);
}

TEST_CASE("the status table shows what the breakers do", "[ctl]") {
  auto text = view(
    "status", R"({"ok":true,"version":"0.1.0","boot":"b","uptime_s":3725,)"
              R"("config_version":2,"strategies":{)"
              R"("s1":{"state":"open","state_since":1700000000000,)"
              R"("consecutive_failures":3,"retry_in_s":200.4,"in_flight":1,)"
              R"("endpoints":["a","b"],"llm_enabled":true,"draining":false},)"
              R"("s2":{"state":"closed","state_since":1700000000000,)"
              R"("consecutive_failures":0,"retry_in_s":null,"in_flight":0,)"
              R"("endpoints":[],"llm_enabled":false,"draining":true}},)"
              R"("series_count":12})");
  CHECK(text
        == "riskbreaker 0.1.0, up 1 h 2 min, config version 2, 12 series\n\n"
           "STRATEGY  STATE              FOR         FAILURES  NEXT PROBE"
           "     IN FLIGHT  ENDPOINTS\n"
           "s1        open               1 min 40 s  3         in 3 min 20 s"
           "  1          a,b\n"
           "s2        closed (draining)  1 min 40 s  0         -"
           "              0          - (LLM off)\n");
}

TEST_CASE("the stats table shows a missing number as missing", "[ctl]") {
  auto text = view(
    "stats",
    R"({"ok":true,"strategies":{"s1":{"state":"closed","requests":7,)"
    R"("answered_rate":100,"total_calls":0,"success_rate":null,)"
    R"("latency_ms":{"p50":null,"p95":null,"max":null},)"
    R"("tokens":{"prompt":0,"completion":0},"cost_usd":0,)"
    R"("fallbacks_by_cause":{"llm_disabled":7}}},"candles":{"accepted":9}})");
  CHECK_THAT(text, Catch::Contains("s1        closed  7         100.0 %   0  ")
                     && Catch::Contains("fallbacks_by_cause:  llm_disabled 7")
                     && Catch::Contains("candles:  accepted 9"));
  CHECK_THAT(text, !Catch::Contains("null"));
}

TEST_CASE("the series table shows pairs as they are and times in UTC",
          "[ctl]") {
  CHECK(view("series",
             R"({"series":[{"pair":"币安人生/USDT:USDT","timeframe":"1M",)"
             R"("candles":5,"last_time":1700000000000,"filled":0,)"
             R"("strategies":["s1","s2"]}]})")
        == "PAIR                TIMEFRAME  CANDLES  NEWEST (UTC)          "
           "FILLED  STRATEGIES\n"
           "币安人生/USDT:USDT  1M         5        2023-11-14T22:13:20Z  "
           "0       s1,s2\n");
}

TEST_CASE("history is a table, newest first as it came", "[ctl]") {
  CHECK(view("history",
             R"({"ok":true,"assessments":[{"strategy":"s","pair":"BTC/USDT",)"
             R"("timeframe":"5m","candle_time":1700000000000,)"
             R"("issued_at":1700000300000,"score":62.04,"confidence":0.741,)"
             R"("verdict":"allow","source":"llm","cause":null}]})")
        == "ISSUED (UTC)          STRATEGY  PAIR      TIMEFRAME  "
           "CANDLE (UTC)          SCORE  CONFIDENCE  VERDICT  SOURCE  CAUSE\n"
           "2023-11-14T22:18:20Z  s         BTC/USDT  5m         "
           "2023-11-14T22:13:20Z  62.0   0.74        allow    llm     -\n");
  CHECK(view("history", R"({"ok":true,"assessments":[]})")
        == "no assessments in the journal\n");
}

TEST_CASE("the status says what the day has cost", "[ctl]") {
  CHECK_THAT(view("status",
                  R"({"strategies":{},"budgets":{"a":{"calls_today":12,)"
                  R"("calls_per_day":100,"usd_today":0.25,"usd_per_day":5},)"
                  R"("b":{"calls_today":0,"calls_per_day":null,)"
                  R"("usd_today":0.0,"usd_per_day":null}}})"),
             Catch::Contains("today a: 12 of 100 calls, $0.25 of 5\n"
                             "today b: 0 calls, $0.0\n"));
}

TEST_CASE("the status names a journal that is not written", "[ctl]") {
  CHECK_THAT(view("status", R"({"strategies":{},"journal":{"ok":true,)"
                            R"("path":"j.db","rows_written":5}})"),
             Catch::Contains("journal j.db: ok, 5 rows written"));
  CHECK_THAT(
    view("status", R"({"strategies":{},"journal":{"ok":false,"path":"j.db",)"
                   R"("rows_lost":7,"error":"disk is full"}})"),
    Catch::Contains("journal j.db: NOT WRITTEN, 7 rows lost: disk is full"));
}

TEST_CASE("other replies are indented, and odd ones do not crash", "[ctl]") {
  CHECK(view("ping", R"({"ok":true,"x":"\u009b31m"})")
        == "{\n  \"ok\": true,\n  \"x\": \"31m\"\n}\n");
  for (auto command : {"status", "stats", "series", "history"})
    for (auto reply :
         {"{}", R"({"strategies":[],"series":{},"candles":3})",
          R"({"strategies":{"s":null},"series":[1,null]})",
          R"({"strategies":{"s":{"latency_ms":3,"state_since":1e300}}})"})
      CHECK_FALSE(view(command, reply).empty());
}
