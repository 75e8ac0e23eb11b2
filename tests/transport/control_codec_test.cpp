#include "tests/support/catch.hpp"
#include "transport/control_codec.hpp"

#include <nlohmann/json.hpp>

#include <random>
#include <string>
#include <variant>

using namespace riskbreaker::transport;
using kind = control_command::kind;

namespace {

control_command accepted(std::string_view body) {
  auto x = make_control_codec()->decode(body);
  if (auto e = std::get_if<control_error>(&x))
    FAIL(e->code << ": " << e->message);
  return std::get<control_command>(x);
}

control_error refused(std::string_view body) {
  auto x = make_control_codec()->decode(body);
  REQUIRE(std::holds_alternative<control_error>(x));
  return std::get<control_error>(x);
}

} // namespace

TEST_CASE("commands without arguments are read", "[control_codec]") {
  CHECK(accepted(R"({"cmd":"ping"})").what == kind::ping);
  CHECK(accepted(R"({"cmd":"status"})").what == kind::status);
  CHECK(accepted(R"({"cmd":"series"})").what == kind::series);
  CHECK(accepted(R"({"cmd":"stats"})").what == kind::stats);
  CHECK(accepted(R"({"cmd":"reload"})").what == kind::reload);
  CHECK(accepted(R"({"cmd":"config"})").what == kind::config);
  CHECK(accepted("  {\"cmd\" : \"ping\", \"extra\": [1] }\n").id.empty());
}

TEST_CASE("a breaker command names its strategy and action",
          "[control_codec]") {
  for (std::string action : {"reset", "force_open", "force_closed", "auto"}) {
    auto x = accepted(R"({"cmd":"breaker","strategy":"s1","action":")" + action
                      + "\"}");
    CHECK(x.what == kind::breaker);
    CHECK(x.strategy == "s1");
    CHECK(x.action == action);
  }
  auto wrong
    = refused(R"({"cmd":"breaker","strategy":"s1","action":"explode"})");
  CHECK(wrong.code == "bad_argument");
  CHECK_THAT(wrong.message,
             Catch::Contains("action") && Catch::Contains("force_closed"));
}

TEST_CASE("an assess command keeps the pair byte for byte", "[control_codec]") {
  auto x = accepted(
    R"({"cmd":"assess","strategy":"s","pair":"币安人生/USDT:USDT","timeframe":"1M"})");
  CHECK(x.what == kind::assess);
  CHECK(x.strategy == "s");
  CHECK(x.pair == "币安人生/USDT:USDT");
  CHECK(x.timeframe == "1M");
}

TEST_CASE("history takes any of its arguments or none", "[control_codec]") {
  auto none = accepted(R"({"cmd":"history"})");
  CHECK(none.what == kind::history);
  CHECK(none.strategy.empty());
  CHECK_FALSE(none.limit);
  auto all = accepted(R"({"cmd":"history","strategy":"s","pair":"P",)"
                      R"("timeframe":"5m","limit":10})");
  CHECK(all.pair == "P");
  CHECK(all.limit == 10u);
  CHECK(accepted(R"({"cmd":"history","limit":10.0})").limit == 10u);
  CHECK(accepted(R"({"cmd":"history","limit":1000})").limit == 1'000u);
  CHECK_FALSE(accepted(R"({"cmd":"history","limit":null})").limit);
}

TEST_CASE("an argument that is missing or wrong is named", "[control_codec]") {
  auto names = [](std::string_view body, const std::string& argument) {
    auto e = refused(body);
    CHECK(e.code == "bad_argument");
    CHECK_THAT(e.message, Catch::StartsWith(argument));
  };
  names(R"({"cmd":"breaker"})", "strategy: is missing");
  names(R"({"cmd":"breaker","strategy":null})", "strategy: is missing");
  names(R"({"cmd":"breaker","strategy":"s"})", "action: is missing");
  names(R"({"cmd":"breaker","strategy":5})", "strategy: must be a string");
  names(R"({"cmd":"breaker","strategy":""})", "strategy: is empty");
  names(R"({"cmd":"assess","strategy":"s"})", "pair: is missing");
  names(R"({"cmd":"assess","strategy":"s","pair":"P"})", "timeframe");
  for (auto limit : {"0", "-1", "1.5", "\"5\"", "1e30", "[]", "true", "1001"})
    names(R"({"cmd":"history","limit":)" + std::string{limit} + "}", "limit");
}

TEST_CASE("an unknown timeframe is refused with the valid ones",
          "[control_codec]") {
  // https://github.com/ccxt/ccxt/issues/5028
  for (std::string name : {"1Min", "60", "1H", "5M"}) {
    auto e
      = refused(R"({"cmd":"assess","strategy":"s","pair":"P","timeframe":")"
                + name + "\"}");
    CHECK(e.code == "bad_argument");
    CHECK_THAT(e.message, Catch::Contains(name) && Catch::Contains("15m"));
  }
}

TEST_CASE("an unknown command is answered with the valid ones and the nearest",
          "[control_codec]") {
  auto near = refused(R"({"cmd":"statsu"})");
  CHECK(near.code == "unknown_command");
  CHECK_THAT(near.message,
             Catch::Contains("did you mean \"stat")
               && Catch::Contains("ping, status, series, stats, breaker"));
  auto far = refused(R"({"cmd":"launch_rockets"})");
  CHECK_THAT(far.message, !Catch::Contains("did you mean"));
  CHECK_THAT(refused(R"({"cmd":"reset"})").message,
             Catch::Contains("\"breaker\""));
  for (auto body : {"{}", R"({"cmd":1})", R"({"cmd":null})", R"({"cmd":{}})",
                    R"({"cmd":""})", R"({"cmd":"PING"})"})
    CHECK(refused(body).code == "unknown_command");
  auto huge = refused(R"({"cmd":")" + std::string(500'000, 'x') + "\"}");
  CHECK(huge.code == "unknown_command");
  CHECK(huge.message.size() < 300);
}

TEST_CASE("an id of any kind comes back as it was, in errors too",
          "[control_codec]") {
  for (std::string id : {"7", "-7", "18446744073709551615", "\"a\\\"b\"",
                         "null", "true", "1.5", "[1,[2]]", R"({"k":"v"})"}) {
    CHECK(accepted(R"({"cmd":"ping","id":)" + id + "}").id == id);
    CHECK(refused(R"({"cmd":"nope","id":)" + id + "}").id == id);
    CHECK(refused(R"({"cmd":"assess","id":)" + id + "}").id == id);
  }
}

TEST_CASE("an id over 1,024 bytes is refused", "[control_codec]") {
  auto with = [](std::size_t length) {
    return R"({"cmd":"ping","id":")" + std::string(length - 2, 'x') + "\"}";
  };
  CHECK(accepted(with(1'024)).id.size() == 1'024);
  auto e = refused(with(1'025));
  CHECK(e.code == "bad_argument");
  CHECK(e.id.empty());
}

TEST_CASE("what is no JSON object is answered with bad_json",
          "[control_codec]") {
  using namespace std::string_literals;
  for (const auto& body :
       {""s, "\0"s, "{"s, "ping"s, "[]"s, "null"s, "3"s, "\"ping\""s,
        "{\"cmd\":\"ping\"}x"s, "{\"cmd\":\"pi\xFFng\"}"s, "\xFF\xFE"s,
        "{'cmd':'ping'}"s, "{\"cmd\":\"ping\",}"s, "{\"n\":1e999}"s,
        "\x81\xA3"
        "cmd\xA4ping"s}) {
    auto e = refused(body);
    CHECK(e.code == "bad_json");
    CHECK_FALSE(e.message.empty());
  }
}

TEST_CASE("a request over 1 MiB is refused unread", "[control_codec]") {
  std::string body = R"({"cmd":"ping"})";
  body.resize(1u << 20, ' ');
  CHECK(accepted(body).what == kind::ping);
  body += ' ';
  CHECK(refused(body).code == "too_large");
}

TEST_CASE("nesting cannot exhaust the stack", "[control_codec]") {
  for (auto pattern : {"[", "{\"id\":", "{\"cmd\":["}) {
    std::string body;
    while (body.size() < 1'000'000)
      body += pattern;
    CHECK(refused(body).code == "bad_json");
  }
  std::string brackets
    = R"({"cmd":"ping","id":")" + std::string(900, '[') + "\"}";
  CHECK(accepted(brackets).what == kind::ping);
}

TEST_CASE("a request of a hundred thousand keys is answered soon",
          "[control_codec]") {
  std::string body = R"({"cmd":"ping")";
  for (int i = 0; body.size() < 1'000'000; ++i)
    body += ",\"" + std::to_string(i) + "\":0";
  auto start = std::chrono::steady_clock::now();
  CHECK(accepted(body + "}").what == kind::ping);
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds{5});
}

TEST_CASE("any bytes get an answer that is valid JSON", "[control_codec]") {
  auto codec = make_control_codec();
  std::mt19937 random{11};
  const std::string seed
    = R"({"cmd":"assess","id":[1,"x"],"strategy":"s","pair":"P","timeframe":"5m"})";
  for (int round = 0; round < 20'000; ++round) {
    auto body = seed;
    for (auto edits = random() % 4; edits > 0; --edits)
      body[random() % body.size()] = static_cast<char>(random() % 256);
    auto x = codec->decode(body.substr(0, random() % (body.size() + 1)));
    if (auto e = std::get_if<control_error>(&x)) {
      auto reply = nlohmann::json::parse(codec->error(*e), nullptr, false);
      REQUIRE(reply.is_object());
      REQUIRE(reply["ok"] == false);
    }
  }
}
