#include "decoded.hpp"
#include "tests/support/catch.hpp"

using namespace riskbreaker;

namespace {

constexpr core::unix_ms candle_time{core::milliseconds{1'700'000'100'000}};

core::unix_ms time_of(const std::string& value) {
  const auto x = decode(candle_with("time", value));
  INFO(value << ' ' << (x.refusals.empty() ? "" : x.refusals[0].detail));
  REQUIRE(x.candles.size() == 1);
  return x.candles[0].bar.time;
}

} // namespace

TEST_CASE("a JSON candle is read with all its fields", "[candle_decoder]") {
  const auto x = decode(good_candle);
  REQUIRE(x.log == std::vector<std::string>{"candle"});
  CHECK(x.candles[0].pair == "BTC/USDT");
  CHECK(x.candles[0].timeframe == "5m");
  CHECK(x.candles[0].bar
        == core::candle{candle_time, 100.5, 101, 99.25, 100, 12.5});
  CHECK(x.candles[0].closed);
  CHECK_FALSE(x.candles[0].history);
}

TEST_CASE("closed and history are taken from a candle", "[candle_decoder]") {
  CHECK_FALSE(decode(candle_with("closed", "false")).candles.at(0).closed);
  CHECK(decode(candle_with("closed", "true")).candles.at(0).closed);
  CHECK(decode(candle_with("history", "true")).candles.at(0).history);
}

TEST_CASE("fields that the contract does not know are ignored",
          "[candle_decoder]") {
  CHECK(decode(candle_with("exchange", R"("x")")).log[0] == "candle");
  CHECK(decode(candle_with("extra", R"({"a":[1,{"b":null}],"c":1e999})")).log[0]
        == "candle");
  CHECK(decode(candle_with("", "true")).log[0] == "candle");
}

TEST_CASE("whitespace, order and escapes of JSON do not matter",
          "[candle_decoder]") {
  const auto x = decode("{ \"volume\" : 1 ,\r\n\t\"close\":4,\"low\":3,"
                        "\"high\":5,\"open\":4,\"time\":1700000100000,"
                        "\"timefr\\u0061me\":\"5m\",\"pair\":"
                        "\"\\u5e01\\u5b89\\/USDT\" }\n");
  REQUIRE(x.candles.size() == 1);
  CHECK(x.candles[0].pair == "币安/USDT");
  CHECK(x.candles[0].bar == core::candle{candle_time, 4, 5, 3, 4, 1});
}

// github.com/freqtrade/freqtrade/issues/12868
TEST_CASE("pair names are taken byte by byte as they are", "[candle_decoder]") {
  for (const std::string name :
       {"币安人生/USDT:USDT", "1000SHIB/USDT:USDT", "BTC-PERP", "btc/usdt", ""})
    CHECK(decode(candle_with("pair", '"' + name + '"')).candles.at(0).pair
          == name);
}

// github.com/freqtrade/freqtrade/issues/5686
TEST_CASE("tiny prices keep all their digits", "[candle_decoder]") {
  CHECK(decode(candle_with("low", "2.5e-8")).candles.at(0).bar.low == 2.5e-8);
  CHECK(decode(candle_with("low", R"("0.000000025")")).candles.at(0).bar.low
        == 2.5e-8);
  CHECK(
    decode(candle_with("low", "0.1234567890123456789")).candles.at(0).bar.low
    == 0.1234567890123456789);
}

TEST_CASE("numbers may come as texts", "[candle_decoder]") {
  for (const std::string field : {"open", "high", "low", "close", "volume"}) {
    CHECK(decode(candle_with(field, R"("97.125")")).log[0] == "candle");
    CHECK(decode(candle_with(field, R"("1e2")")).log[0] == "candle");
  }
  CHECK(decode(candle_with("open", R"("97.125")")).candles.at(0).bar.open
        == 97.125);
  // Not this decoder's to judge: it only reads.
  CHECK(decode(candle_with("open", "-0")).candles.at(0).bar.open == 0);
  CHECK(decode(candle_with("volume", R"("-1")")).candles.at(0).bar.volume
        == -1);
}

TEST_CASE("the time may be whole milliseconds in any writing",
          "[candle_decoder]") {
  for (const std::string value : {"1700000100000", "1700000100000.0",
                                  "1.7000001e12", R"("1700000100000")"})
    CHECK(time_of(value) == candle_time);
}

TEST_CASE("the time may be ISO-8601 with a zone", "[candle_decoder]") {
  for (const std::string text :
       {"2023-11-14T22:15:00Z", "2023-11-14T22:15Z", "2023-11-14 22:15:00Z",
        "2023-11-14t22:15:00z", "2023-11-14T22:15:00.000Z",
        "2023-11-14T22:15:00.000000999Z", "2023-11-14T22:15:00+00:00",
        "2023-11-15T00:15:00+02:00", "2023-11-15T00:15:00+0200",
        "2023-11-15T00:15:00+02", "2023-11-14T17:45:00-04:30"})
    CHECK(time_of('"' + text + '"') == candle_time);
  CHECK(time_of(R"("2023-11-14T22:15:00.25Z")")
        == candle_time + core::milliseconds{250});
  CHECK(time_of(R"("2024-02-29T00:00:00Z")")
        == core::unix_ms{core::milliseconds{1'709'164'800'000}});
}

TEST_CASE("a list holds candles in order", "[candle_decoder]") {
  CHECK(decode("[]").log.empty());
  CHECK(decode("[ ]").log.empty());
  const auto x = decode('[' + candle_with("open", "1") + " ,\n"
                        + candle_with("open", "2") + ']');
  REQUIRE(x.log == std::vector<std::string>{"candle", "candle"});
  CHECK(x.candles[0].bar.open == 1);
  CHECK(x.candles[1].bar.open == 2);
  CHECK(x.candles[1].pair == "BTC/USDT");
}

TEST_CASE("a block holds ccxt rows, wherever its other fields stand",
          "[candle_decoder]") {
  const std::string rows = R"("candles":[[1700000100000,100.5,101,99.25,100,)"
                           R"(12.5],[1700000400000,"1","2","0.5","1.5","7"]])";
  const std::string named = R"("pair":"币/USDT","timeframe":"5m")";
  for (const auto& frame :
       {'{' + named + ',' + rows + R"(,"history":true})",
        '{' + rows + R"(,"history":true,)" + named + '}',
        R"({"history":true,)" + named + R"(,"x":[[1]],)" + rows + '}'}) {
    const auto x = decode(frame);
    REQUIRE(x.log == std::vector<std::string>{"candle", "candle"});
    for (const auto& candle : x.candles) {
      CHECK(candle.pair == "币/USDT");
      CHECK(candle.timeframe == "5m");
      CHECK(candle.closed);
      CHECK(candle.history);
    }
    CHECK(x.candles[0].bar
          == core::candle{candle_time, 100.5, 101, 99.25, 100, 12.5});
    CHECK(x.candles[1].bar
          == core::candle{candle_time + std::chrono::minutes{5}, 1, 2, 0.5, 1.5,
                          7});
  }
  CHECK_FALSE(decode('{' + named + ',' + rows + '}').candles.at(0).history);
  CHECK(decode('{' + named + R"(,"candles":[]})").log.empty());
}

TEST_CASE("values behind the volume of a row are ignored", "[candle_decoder]") {
  const auto x = decode(R"({"pair":"A/B","timeframe":"1m","candles":)"
                        R"([[1700000100000,1,1,1,1,1,null,{"a":[]}]]})");
  CHECK(x.log == std::vector<std::string>{"candle"});
}

TEST_CASE("one decoder reads frames of every kind one after another",
          "[candle_decoder]") {
  const auto decoder = transport::make_candle_decoder();
  const auto large = '[' + std::string(1u << 20, ' ') + good_candle + ']';
  const auto packed = msgpack(nlohmann::json::parse(good_candle));
  for (int i = 0; i < 3; ++i) {
    CHECK(decode(good_candle, *decoder).log[0] == "candle");
    CHECK(decode(large, *decoder).log[0] == "candle");
    CHECK(decode("{", *decoder).log[0] == "malformed");
    CHECK(decode(packed, *decoder).log[0] == "candle");
    CHECK(decode("[", *decoder).log[0] == "malformed");
  }
}
