#include "app/candle_framer.hpp"
#include "tests/support/catch.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

using namespace riskbreaker;
using namespace riskbreaker::app;
using json = nlohmann::ordered_json;

namespace {

core::candle candle_at(std::int64_t ms) {
  return {core::unix_ms{core::milliseconds{ms}}, 1, 2, 0.5, 1.5, 9};
}

/// All that comes out for `n` candles of one pair.
std::vector<candle_frame> frames_of(candle_framer& framer, int n,
                                    const std::string& pair = "A/B") {
  std::vector<candle_frame> frames;
  for (int i = 0; i < n; ++i)
    if (auto frame = framer.add(pair, "5m", candle_at(i)))
      frames.push_back(*frame);
  return frames;
}

} // namespace

TEST_CASE("a candle is a message of its own, with all its digits",
          "[candle_framer]") {
  candle_framer framer{{}};
  core::candle bar{core::unix_ms{core::milliseconds{1'515'560'100'000}},
                   0.00005330000000000001,
                   2.5e-8,
                   0.1,
                   12345678.9,
                   0};
  auto frame = framer.add("币安人生/USDT:USDT", "1M", bar);
  REQUIRE(frame);
  CHECK(frame->candles == 1);
  CHECK_FALSE(frame->history);
  CHECK(json::parse(frame->text)
        == json({{"pair", "币安人生/USDT:USDT"},
                 {"timeframe", "1M"},
                 {"time", 1'515'560'100'000},
                 {"open", 0.00005330000000000001},
                 {"high", 2.5e-8},
                 {"low", 0.1},
                 {"close", 12345678.9},
                 {"volume", 0}}));
  CHECK(framer.flush().empty());
}

TEST_CASE("candles go as blocks of ccxt rows", "[candle_framer]") {
  candle_framer framer{{0, 2}};
  auto frames = frames_of(framer, 5);
  REQUIRE(frames.size() == 2);
  CHECK(frames[0].candles == 2);
  CHECK(json::parse(frames[0].text)
        == json({{"pair", "A/B"},
                 {"timeframe", "5m"},
                 {"candles", {{0, 1, 2, 0.5, 1.5, 9}, {1, 1, 2, 0.5, 1.5, 9}}},
                 {"history", false}}));
  auto rest = framer.flush();
  REQUIRE(rest.size() == 1);
  CHECK(rest[0].candles == 1);
  CHECK(framer.flush().empty());
}

TEST_CASE("the first candles of each series are history", "[candle_framer]") {
  candle_framer framer{{3, 0}};
  for (std::string pair : {"A/B", "C/D"}) {
    auto frames = frames_of(framer, 5, pair);
    REQUIRE(frames.size() == 3);
    CHECK(frames[0].history);
    CHECK(frames[0].candles == 3);
    CHECK(json::parse(frames[0].text)["history"] == true);
    CHECK_FALSE(frames[1].history);
    CHECK(json::parse(frames[1].text)["time"] == 3);
  }
}

TEST_CASE("history blocks hold at most 1,000 candles", "[candle_framer]") {
  candle_framer framer{{2'500, 0}};
  auto frames = frames_of(framer, 2'501);
  REQUIRE(frames.size() == 4);
  CHECK(frames[0].candles == 1'000);
  CHECK(frames[1].candles == 1'000);
  CHECK(frames[2].candles == 500);
  CHECK(frames[2].history);
  CHECK_FALSE(frames[3].history);
}

TEST_CASE("series may take turns without mixing", "[candle_framer]") {
  candle_framer framer{{1, 2}};
  std::vector<candle_frame> frames;
  for (int i = 0; i < 3; ++i)
    for (auto pair : {"A/B", "C/D"})
      if (auto frame = framer.add(pair, "5m", candle_at(i)))
        frames.push_back(*frame);
  REQUIRE(frames.size() == 4);
  CHECK(frames[0].history);
  CHECK(json::parse(frames[1].text)["pair"] == "C/D");
  CHECK(json::parse(frames[2].text)["candles"][0][0] == 1);
  CHECK(json::parse(frames[3].text)["candles"][1][0] == 2);
}
