#include "decoded.hpp"
#include "tests/support/catch.hpp"

#include <random>

using namespace riskbreaker;

namespace {

const std::vector<std::string> malformed{"malformed"};

} // namespace

TEST_CASE("an empty frame is malformed", "[candle_decoder]") {
  CHECK(decode("").log == malformed);
}

TEST_CASE("text that is no JSON is malformed and delivers nothing",
          "[candle_decoder]") {
  const std::string good = good_candle;
  for (const std::string frame : {"{",          "[",
                                  "{}}",        "[]]",
                                  "[,]",        "{,}",
                                  "[1,]",       "{\"a\":1,}",
                                  "{\"a\"}",    "{\"a\":}",
                                  "{a:1}",      "{'a':1}",
                                  "[}",         "{]",
                                  "[1 2]",      "{\"a\":1 \"b\":2}",
                                  "[nul]",      "[truee]",
                                  "[01]",       "[1.]",
                                  "[.5]",       "[+1]",
                                  "[1e]",       "[--1]",
                                  "[\"\\x\"]",  "[\"\\ud800\"]",
                                  "[\"a\nb\"]", "[\"open]",
                                  "[\"\xff\"]", "[NaN]",
                                  "[Infinity]", "[-Infinity]",
                                  "[// c\n1]",  "hello",
                                  "\"text\"",   "null",
                                  " {}",        "\xef\xbb\xbf{}"})
    CHECK(decode(frame).log == malformed);
  for (const auto& frame : {good + "x",
                            good + good,
                            good + '\0',
                            good + "]",
                            "[" + good,
                            "[" + good + ",]",
                            "[" + good + "]]",
                            "[" + good + "," + good + "}",
                            "[" + good + ",nul]",
                            "[" + good + ",{\"x\":[1,]}]",
                            candle_with("open", "NaN"),
                            candle_with("x", "NaN"),
                            candle_with("x", "[1,]"),
                            candle_with("x", "{\"a\":tru}"),
                            candle_with("open", "1.2.3"),
                            candle_with("open", "01"),
                            candle_with("time", "01700000100000"),
                            candle_with("pair", "\"\\q\""),
                            candle_with("closed", "tru"),
                            candle_with("closed", "nul")}) {
    INFO(frame);
    CHECK(decode(frame).log == malformed);
  }
}

TEST_CASE("a late error in a block refuses all of it", "[candle_decoder]") {
  const std::string head = R"({"pair":"A/B","timeframe":"1m","candles":)";
  const std::string row = "[1700000100000,1,1,1,1,1]";
  for (const auto& frame :
       {head + '[' + row + ',' + row, head + '[' + row + ",]}",
        head + '[' + row + "],}", head + '[' + row + "]}}",
        head + '[' + row + ",[1,2,NaN]]}", head + '[' + row + "],\"x\":nul}",
        head + '[' + row + row + "]}", head + '[' + row + "]]"}) {
    INFO(frame);
    CHECK(decode(frame).log == malformed);
  }
}

TEST_CASE("every prefix of a frame is malformed", "[candle_decoder]") {
  const std::string list
    = std::string{"["} + good_candle + ',' + good_candle + "]";
  const std::string block = R"({"pair":"A\u5e01","timeframe":"1m","candles":)"
                            R"([[1700000100000,1,1,1,1,1]],"history":true})";
  for (const auto& whole : {std::string{good_candle}, list, block})
    for (std::size_t n = 0; n < whole.size(); ++n)
      CHECK(decode(std::string_view{whole}.substr(0, n)).log == malformed);
}

TEST_CASE("deep nesting is malformed at little cost", "[candle_decoder]") {
  const std::size_t n = 1u << 20;
  CHECK(decode(std::string(n, '[')).log == malformed);
  CHECK(decode(std::string(n, '[') + std::string(n, ']')).log == malformed);
  std::string objects;
  for (std::size_t i = 0; i < n / 8; ++i)
    objects += "{\"a\":";
  CHECK(decode(objects + "1" + std::string(n / 8, '}')).log == malformed);
  const auto nested = [](std::size_t depth) {
    return candle_with("x", std::string(depth, '[') + std::string(depth, ']'));
  };
  CHECK(decode(nested(60)).log == std::vector<std::string>{"candle"});
  CHECK(decode(nested(70)).log == malformed);
}

TEST_CASE("noise is refused, whatever it looks like", "[candle_decoder]") {
  std::mt19937 random{7};
  const auto decoder = transport::make_candle_decoder();
  std::string noise(1u << 20, '\0');
  for (const char first : {'{', '[', '\x93', '\x83', '\0'}) {
    for (auto& c : noise)
      c = static_cast<char>(random());
    noise[0] = first;
    const auto x = decode(noise, *decoder);
    CHECK(x.candles.empty());
    CHECK_FALSE(x.refusals.empty());
  }
}

TEST_CASE("a damaged frame never crashes the decoder", "[candle_decoder]") {
  std::mt19937 random{11};
  const auto decoder = transport::make_candle_decoder();
  const std::string block = R"({"pair":"A\u5e01","timeframe":"1m","candles":)"
                            R"([[1700000100000,1,"2",1,1,1]],"history":true})";
  const std::string seeds[]
    = {good_candle, std::string{"["} + good_candle + ',' + good_candle + ']',
       block, msgpack(nlohmann::json::parse(good_candle)),
       msgpack(nlohmann::json::parse(block))};
  for (int i = 0; i < 20'000; ++i) {
    auto frame = seeds[random() % std::size(seeds)];
    for (auto flips = 1 + random() % 4; flips > 0; --flips)
      frame[random() % frame.size()] = static_cast<char>(random());
    decode(frame, *decoder);
  }
  CHECK(decode(good_candle, *decoder).log[0] == "candle");
}

TEST_CASE("a large list and a large block are read whole", "[candle_decoder]") {
  std::string list = "[";
  std::string block = R"({"pair":"A/B","timeframe":"1m","candles":[)";
  for (int i = 0; i < 20'000; ++i) {
    list += good_candle;
    list += i < 19'999 ? "," : "]";
    block += "[1700000100000,1.5,1.5,1.5,1.5,7]";
    block += i < 19'999 ? "," : "]}";
  }
  CHECK(decode(list).candles.size() == 20'000);
  CHECK(decode(block).candles.size() == 20'000);
}
