#include "decoded.hpp"
#include "tests/support/catch.hpp"

#include <cmath>
#include <limits>

using namespace riskbreaker;
using Catch::Contains;
using nlohmann::json;

namespace {

json candle() {
  return json::parse(good_candle);
}

json candle_with(const char* field, const json& value) {
  auto x = candle();
  x[field] = value;
  return x;
}

std::string reason_of(const json& x) {
  const auto found = decode(msgpack(x));
  REQUIRE(found.log.size() == 1);
  return found.log[0];
}

} // namespace

TEST_CASE("MessagePack holds the same three forms as JSON",
          "[candle_decoder]") {
  const auto rows
    = json::parse(R"([[1700000100000,100.5,"101",99.25,100,12.5]])");
  const json block{{"pair", "BTC/USDT"},
                   {"timeframe", "5m"},
                   {"candles", rows},
                   {"history", true}};
  const json forms[] = {candle(), json::array({candle()}), block};
  for (const auto& form : forms) {
    const auto x = decode(msgpack(form));
    REQUIRE(x.log == std::vector<std::string>{"candle"});
    CHECK(x.candles[0].pair == "BTC/USDT");
    CHECK(x.candles[0].timeframe == "5m");
    CHECK(x.candles[0].bar
          == core::candle{core::unix_ms{core::milliseconds{1'700'000'100'000}},
                          100.5, 101, 99.25, 100, 12.5});
    CHECK(x.candles[0].closed);
    CHECK(x.candles[0].history == form.contains("history"));
  }
  CHECK(decode(msgpack(json::array())).log.empty());
}

TEST_CASE("MessagePack times and numbers come in every type",
          "[candle_decoder]") {
  CHECK(reason_of(candle_with("time", 1700000100000.0)) == "candle");
  CHECK(reason_of(candle_with("time", "2023-11-14T22:15:00Z")) == "candle");
  CHECK(reason_of(candle_with("time", "2023-11-14T22:15:00")) == "bad_time");
  CHECK(reason_of(candle_with("time", 1700000100)) == "bad_time");
  CHECK(reason_of(candle_with("time", -1)) == "bad_time");
  CHECK(reason_of(candle_with("time", 1.5)) == "bad_time");
  CHECK(reason_of(candle_with("time", ~std::uint64_t{0})) == "bad_time");
  CHECK(reason_of(candle_with("open", 1.5f)) == "candle");
  CHECK(reason_of(candle_with("open", "1.5")) == "candle");
  CHECK(reason_of(candle_with("closed", false)) == "candle");
}

TEST_CASE("MessagePack values are refused for the same reasons as JSON's",
          "[candle_decoder]") {
  constexpr auto inf = std::numeric_limits<double>::infinity();
  for (const auto* field : {"open", "high", "low", "close", "volume"}) {
    for (const json& value : {json(nullptr), json(std::nan("")), json(inf),
                              json("NaN"), json("x"), json(true)})
      CHECK(reason_of(candle_with(field, value)) == "not_a_number");
    for (const json& value :
         {json::object(), json::array({1}), json::binary({1, 2})})
      CHECK(reason_of(candle_with(field, value)) == "malformed");
    auto without = candle();
    without.erase(field);
    CHECK(reason_of(without) == "missing_field");
  }
  CHECK(reason_of(candle_with("time", nullptr)) == "not_a_number");
  CHECK(reason_of(candle_with("time", std::nan(""))) == "not_a_number");
  CHECK(reason_of(candle_with("pair", 1)) == "malformed");
  CHECK(reason_of(candle_with("pair", json::binary({66}))) == "malformed");
  CHECK(reason_of(candle_with("closed", 1)) == "malformed");
}

TEST_CASE("a refused MessagePack candle leaves its neighbours alone",
          "[candle_decoder]") {
  const auto bad = candle_with("high", nullptr);
  const auto x = decode(msgpack({candle(), bad, 7, candle()}));
  CHECK(x.log
        == std::vector<std::string>{"candle", "not_a_number", "malformed",
                                    "candle"});
  CHECK(x.excerpts == std::vector<std::string>{bad.dump(), "7"});
  const auto rows
    = json::parse(R"([[1700000100000,1,1,1,1,1],[1700000100000],3])");
  const auto block = decode(
    msgpack({{"pair", "A/B"}, {"timeframe", "1m"}, {"candles", rows}}));
  CHECK(block.log
        == std::vector<std::string>{"candle", "missing_field", "malformed"});
  CHECK_THAT(block.refusals[0].detail, Contains("(in a block of A/B 1m)"));
}

TEST_CASE("a MessagePack block needs a head and rows", "[candle_decoder]") {
  CHECK(reason_of({{"candles", json::array()}}) == "missing_field");
  CHECK(reason_of({{"pair", "A/B"}, {"timeframe", "1m"}, {"candles", 1}})
        == "malformed");
  CHECK(reason_of(json::array({{{"candles", json::array()}}})) == "malformed");
}

TEST_CASE("MessagePack that is cut, padded or of another kind is malformed",
          "[candle_decoder]") {
  const auto whole = msgpack(candle());
  for (std::size_t n = 0; n < whole.size(); ++n)
    CHECK(decode(std::string_view{whole}.substr(0, n)).log
          == std::vector<std::string>{"malformed"});
  CHECK(decode(whole + '\0').log == std::vector<std::string>{"malformed"});
  for (const json& x : {json(1), json("text"), json(nullptr), json(1.5)})
    CHECK(reason_of(x) == "malformed");
  CHECK(decode("\xc1").log == std::vector<std::string>{"malformed"});
  CHECK(decode("\x81\x01\x02").log[0] == "malformed"); // the key is a number
}

TEST_CASE("MessagePack texts that are no UTF-8 do not break the excerpt",
          "[candle_decoder]") {
  auto frame = msgpack(candle_with("high", nullptr));
  frame.replace(frame.find("BTC/USDT"), 3, "\xff\xfe\xfd");
  const auto x = decode(frame);
  CHECK(x.log == std::vector<std::string>{"not_a_number"});
  CHECK_THAT(x.excerpts.at(0), Contains("/USDT"));
}

TEST_CASE("MessagePack bombs are refused at little cost", "[candle_decoder]") {
  const std::string claims[] = {
    "\xdd\xff\xff\xff\xff", // a list of four billion
    "\xdf\xff\xff\xff\xff", // a map of as many
    "\xdb\xff\xff\xff\xff", // a text of four gigabytes
    "\xc6\xff\xff\xff\xff", // as many bytes
    "\xdd\xff\xff\xff\xff\xdd\xff\xff\xff\xff",
  };
  for (const auto& claim : claims)
    CHECK(decode(claim).log == std::vector<std::string>{"malformed"});
  for (const char nested : {'\x91', '\x81'})
    CHECK(decode(std::string(4u << 20, nested)).log
          == std::vector<std::string>{"malformed"});
  CHECK(decode(std::string(63, '\x91') + '\x90').log.at(0) == "malformed");
  CHECK(decode(std::string(65, '\x91') + '\x90').log.at(0) == "malformed");
}

namespace {

/// MessagePack of a map of these members, in this order, doubled or not.
std::string map_of(const std::vector<std::pair<std::string, json>>& members) {
  std::string out(1, static_cast<char>(0x80 | members.size()));
  for (const auto& [key, value] : members)
    out += msgpack(key) + msgpack(value);
  return out;
}

std::vector<std::pair<std::string, json>> members_of(const json& x) {
  std::vector<std::pair<std::string, json>> out;
  for (const auto& [key, value] : x.items())
    out.emplace_back(key, value);
  return out;
}

} // namespace

TEST_CASE("in MessagePack too a doubled field is malformed, alone of its list",
          "[candle_decoder]") {
  const auto good = members_of(candle());
  auto bad = good;
  bad.emplace_back("open", 7);
  auto odd = good; // what we do not know may stand twice
  odd.emplace_back("x", 1);
  odd.emplace_back("x", json{{"open", 1}});
  CHECK(decode(map_of(good)).log == std::vector<std::string>{"candle"});
  CHECK(decode(map_of(odd)).log == std::vector<std::string>{"candle"});
  const auto refused = decode(map_of(bad));
  REQUIRE(refused.log == std::vector<std::string>{"malformed"});
  const auto list
    = '\x94' + map_of(good) + msgpack(json(5)) + map_of(bad) + map_of(good);
  CHECK(
    decode(list).log
    == std::vector<std::string>{"candle", "malformed", "malformed", "candle"});
  const auto block
    = map_of({{"pair", "A/B"},
              {"timeframe", "5m"},
              {"candles", json::parse("[[1700000100000,1,1,1,1,1]]")},
              {"pair", "C/D"}});
  CHECK(decode(block).log == std::vector<std::string>{"malformed"});
}
