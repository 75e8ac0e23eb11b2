#include "decoded.hpp"
#include "tests/support/catch.hpp"

using namespace riskbreaker;
using Catch::Contains;

namespace {

/// "reason: detail" of the only thing that was found.
std::string refusal_of(const std::string& frame) {
  const auto x = decode(frame);
  INFO(frame);
  REQUIRE(x.log.size() == 1);
  REQUIRE(x.refusals.size() == 1);
  return x.log[0] + ": " + x.refusals[0].detail;
}

} // namespace

TEST_CASE("a missing field is named", "[candle_decoder]") {
  for (const std::string field :
       {"pair", "timeframe", "time", "open", "high", "low", "close", "volume"})
    CHECK(refusal_of(candle_without(field))
          == "missing_field: " + field + " is missing");
  CHECK(refusal_of("{}") == "missing_field: pair is missing");
}

// github.com/ccxt/ccxt/issues/4847
TEST_CASE("null, NaN, infinite and non-numeric values are no numbers",
          "[candle_decoder]") {
  for (const std::string field : {"open", "high", "low", "close", "volume"})
    for (const std::string value :
         {"null", R"("NaN")", R"("nan")", R"("inf")", R"("-Infinity")", "1e400",
          R"("1e400")", R"("")", R"("12,5")", R"("12 ")", R"("abc")",
          R"("0x10")", "true", "false"})
      CHECK_THAT(refusal_of(candle_with(field, value)),
                 Contains("not_a_number: " + field + " is "));
  for (const std::string value : {"null", "true", "1e400"})
    CHECK_THAT(refusal_of(candle_with("time", value)),
               Contains("not_a_number: time is "));
}

TEST_CASE("values of the wrong shape are malformed", "[candle_decoder]") {
  for (const std::string field :
       {"time", "open", "high", "low", "close", "volume"})
    for (const std::string value : {"{}", "[1]", R"({"a":1})"})
      CHECK_THAT(refusal_of(candle_with(field, value)),
                 Contains("malformed: " + field + " is an object or a list"));
  for (const std::string field : {"pair", "timeframe"})
    for (const std::string value : {"1", "null", "true", "[]", "{}"})
      CHECK(refusal_of(candle_with(field, value))
            == "malformed: " + field + " is no text");
  for (const std::string field : {"closed", "history"})
    for (const std::string value : {"1", "null", R"("true")", "[]", "{}"})
      CHECK(refusal_of(candle_with(field, value))
            == "malformed: " + field + " is neither true nor false");
}

TEST_CASE("a doubled field is malformed, whichever is meant",
          "[candle_decoder]") {
  CHECK(refusal_of(R"({"open":1,"open":1})") == "malformed: open stands twice");
  CHECK(refusal_of(R"({"pair":"A/B","timeframe":"1m","candles":[],)"
                   R"("candles":[]})")
        == "malformed: candles stands twice");
}

TEST_CASE("a time in seconds is refused by name", "[candle_decoder]") {
  for (const std::string value :
       {"1700000100", "99999999999", R"("1700000100")", "1700000100.0"})
    CHECK_THAT(refusal_of(candle_with("time", value)),
               Contains("bad_time: ") && Contains("looks like seconds"));
  CHECK(decode(candle_with("time", "100000000000")).log[0] == "candle");
}

TEST_CASE("a time without a zone says how to mend it", "[candle_decoder]") {
  for (const std::string text : {"2023-11-14T22:15:00", "2023-11-14 22:15",
                                 "2023-11-14T22:15:00.5", "2023-11-14"})
    CHECK_THAT(refusal_of(candle_with("time", '"' + text + '"')),
               Contains("bad_time: ") && Contains("append Z"));
}

TEST_CASE("what is no time at all is a bad time", "[candle_decoder]") {
  for (const std::string value : {R"("")",
                                  R"("now")",
                                  R"("2023-02-29T00:00:00Z")",
                                  R"("2023-13-01T00:00:00Z")",
                                  R"("2023-00-01T00:00:00Z")",
                                  R"("2023-11-14T24:00:00Z")",
                                  R"("2023-11-14T22:60:00Z")",
                                  R"("2023-11-14T22:15:60Z")",
                                  R"("2023-11-14T22:15:00.Z")",
                                  R"("2023-11-14T22:15:00+")",
                                  R"("2023-11-14T22:15:00+2")",
                                  R"("2023-11-14T22:15:00+24:00")",
                                  R"("2023-11-14T22:15:00+02:60")",
                                  R"("2023-11-14T22:15:00Zz")",
                                  R"("2023-11-14T22:15:00UTC")",
                                  R"("14.11.2023 22:15Z")",
                                  R"("2023-11-14T22Z")",
                                  "1700000100000.5",
                                  "1e300",
                                  "-1e300",
                                  "9223372036854775807",
                                  "99999999999999999999",
                                  "-1700000100000",
                                  R"("99999999999999999999")"})
    CHECK_THAT(refusal_of(candle_with("time", value)), Contains("bad_time: "));
}

TEST_CASE("a refused candle leaves its neighbours in a list alone",
          "[candle_decoder]") {
  const auto bad = candle_with("high", "null");
  const auto x
    = decode(std::string{"[ "} + good_candle + ", " + bad + " ," + good_candle
             + R"(, 17 ,[1,2], "x",null, 1e999 ,)" + good_candle + "]");
  CHECK(x.log
        == std::vector<std::string>{"candle", "not_a_number", "candle",
                                    "malformed", "malformed", "malformed",
                                    "malformed", "malformed", "candle"});
  CHECK(
    x.excerpts
    == std::vector<std::string>{bad, "17", "[1,2]", R"("x")", "null", "1e999"});
  CHECK_THAT(x.refusals[2].detail, Contains("rows need a block"));
}

TEST_CASE("a refused row leaves its neighbours in a block alone",
          "[candle_decoder]") {
  const auto x = decode(R"({"pair":"A/B","timeframe":"1m","candles":[)"
                        R"([1700000100000,1,1,1,1,1], [1700000100000,null,1,1,)"
                        R"(1,1] ,[1700000100000,1,1],7,{"a":1},[],)"
                        R"([1700000100000,1,1,1,1,2]],"history":true})");
  CHECK(x.log
        == std::vector<std::string>{"candle", "not_a_number", "missing_field",
                                    "malformed", "malformed", "missing_field",
                                    "candle"});
  CHECK(x.excerpts
        == std::vector<std::string>{"[1700000100000,null,1,1,1,1]",
                                    "[1700000100000,1,1]", "7", R"({"a":1})",
                                    "[]"});
  CHECK(x.refusals[0].detail
        == "open is null, not a number (in a block of A/B 1m)");
  CHECK_THAT(x.refusals[1].detail, Contains("low is missing: a row is"));
  CHECK_THAT(x.refusals[4].detail, Contains("time is missing"));
  CHECK(x.candles.back().bar.volume == 2);
}

TEST_CASE("a block that does not say whose it is, is refused whole",
          "[candle_decoder]") {
  const std::string rows = R"("candles":[[1700000100000,1,1,1,1,1]])";
  CHECK(refusal_of("{" + rows + "}") == "missing_field: pair is missing");
  CHECK(refusal_of(R"({"pair":"A/B",)" + rows + "}")
        == "missing_field: timeframe is missing");
  CHECK(refusal_of(R"({"timeframe":"1m","pair":7,)" + rows + "}")
        == "malformed: pair is no text");
  CHECK(
    refusal_of(R"({"timeframe":"1m","pair":"A/B","history":1,)" + rows + "}")
    == "malformed: history is neither true nor false");
  CHECK(refusal_of(R"({"timeframe":"1m","pair":"A/B","candles":{}})")
        == "malformed: candles is no list of rows");
  CHECK(refusal_of(R"([{"timeframe":"1m","pair":"A/B","candles":[]}])")
        == "malformed: a block of rows must be a message of its own");
}

TEST_CASE("the excerpt of a lone candle is its text", "[candle_decoder]") {
  const auto bad = candle_with("close", R"("x")");
  CHECK(decode(bad + " \n").excerpts.at(0) == bad);
}
