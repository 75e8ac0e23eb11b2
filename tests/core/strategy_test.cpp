#include "core/strategy.hpp"
#include "tests/support/catch.hpp"

using namespace riskbreaker::core;

namespace {

timeframe frame(std::string_view name) {
  auto result = timeframe::parse(name);
  REQUIRE(result);
  return *result;
}

strategy make_strategy(std::vector<std::string> pairs) {
  strategy result;
  result.name = "s";
  result.pairs = std::move(pairs);
  result.timeframes = {frame("5m"), frame("1h")};
  return result;
}

} // namespace

TEST_CASE("a pattern without signs is the name itself", "[pattern]") {
  CHECK(matches_pattern("BTC/USDT", "BTC/USDT"));
  CHECK_FALSE(matches_pattern("BTC/USDT", "BTC/USD"));
  CHECK_FALSE(matches_pattern("BTC/USD", "BTC/USDT"));
  CHECK_FALSE(matches_pattern("btc/usdt", "BTC/USDT"));
  CHECK(matches_pattern("", ""));
  CHECK_FALSE(matches_pattern("", "x"));
  CHECK_FALSE(matches_pattern("x", ""));
}

TEST_CASE("a star stands for any text, slashes and colons too", "[pattern]") {
  CHECK(matches_pattern("*", ""));
  CHECK(matches_pattern("*", "BTC/USDT:USDT"));
  CHECK(matches_pattern("*/USDT", "BTC/USDT"));
  CHECK(matches_pattern("*/USDT", "/USDT"));
  CHECK_FALSE(matches_pattern("*/USDT", "BTC/USDT:USDT"));
  CHECK(matches_pattern("*/USDT*", "BTC/USDT:USDT"));
  CHECK(matches_pattern("BTC/*", "BTC/EUR"));
  CHECK_FALSE(matches_pattern("BTC/*", "WBTC/EUR"));
  CHECK(matches_pattern("a*b*c", "a-b-b-c"));
  CHECK(matches_pattern("**", "x"));
  CHECK_FALSE(matches_pattern("a*b*c", "a-c-b"));
}

TEST_CASE("a question mark stands for one byte", "[pattern]") {
  CHECK(matches_pattern("BT?/USDT", "BTC/USDT"));
  CHECK_FALSE(matches_pattern("BT?/USDT", "BT/USDT"));
  CHECK_FALSE(matches_pattern("?", ""));
  CHECK(matches_pattern("?*", "x"));
  CHECK(matches_pattern("???", "币")); // three bytes of UTF-8
}

TEST_CASE("a set stands for one of its bytes", "[pattern]") {
  CHECK(matches_pattern("[BE]T[CH]/*", "BTC/USDT"));
  CHECK(matches_pattern("[BE]T[CH]/*", "ETH/USDT"));
  CHECK_FALSE(matches_pattern("[BE]T[CH]/*", "LTC/USDT"));
  CHECK(matches_pattern("[A-C]", "B"));
  CHECK_FALSE(matches_pattern("[A-C]", "D"));
  CHECK(matches_pattern("[!A-C]", "D"));
  CHECK_FALSE(matches_pattern("[!A-C]", "A"));
  CHECK(matches_pattern("[^A]", "B"));
  CHECK_FALSE(matches_pattern("[!A]", ""));
  CHECK(matches_pattern("[]]", "]"));
  CHECK_FALSE(matches_pattern("[!]]", "]"));
  CHECK(matches_pattern("[A-]", "-"));
  CHECK(matches_pattern("*[0-9]", "A-1"));
  CHECK(matches_pattern("[\x80-\xff]*", "币/USDT"));
  CHECK_FALSE(matches_pattern("[C-A]", "B"));
}

TEST_CASE("a bracket that is never closed stands for itself", "[pattern]") {
  CHECK(matches_pattern("[AB", "[AB"));
  CHECK_FALSE(matches_pattern("[AB", "A"));
  CHECK(matches_pattern("[", "["));
  CHECK(matches_pattern("*[", "x["));
  CHECK(matches_pattern("[]", "[]"));
}

TEST_CASE("many stars do not make a match slow", "[pattern]") {
  std::string pattern;
  for (int i = 0; i < 200; ++i)
    pattern += "a*";
  CHECK_FALSE(matches_pattern(pattern + "b", std::string(5'000, 'a')));
}

TEST_CASE("a strategy watches its pairs in its timeframes only", "[strategy]") {
  auto x = make_strategy({"BTC/USDT", "*/EUR"});
  CHECK(x.watches("BTC/USDT", frame("5m")));
  CHECK(x.watches("BTC/USDT", frame("1h")));
  CHECK_FALSE(x.watches("BTC/USDT", frame("1m")));
  CHECK(x.watches("ETH/EUR", frame("5m")));
  CHECK_FALSE(x.watches("ETH/USDT", frame("5m")));
  CHECK_FALSE(make_strategy({}).watches("BTC/USDT", frame("5m")));
}

TEST_CASE("a name with brackets is watched as it is written", "[strategy]") {
  auto x = make_strategy({"A[1]/USDT"});
  CHECK(x.watches("A[1]/USDT", frame("5m")));
  CHECK(x.watches("A1/USDT", frame("5m")));
}

TEST_CASE("timeframes that differ in case only are told apart", "[strategy]") {
  auto x = make_strategy({"*"});
  x.timeframes = {frame("1M")};
  CHECK(x.watches("BTC/USDT", frame("1M")));
  CHECK_FALSE(x.watches("BTC/USDT", frame("1m")));
}

TEST_CASE("a table finds strategies by their whole name", "[strategy]") {
  strategy_table table;
  for (auto name : {"b", "a", "ab"}) {
    auto x = make_strategy({"*"});
    x.name = name;
    table.strategies.push_back(std::make_shared<const strategy>(x));
  }
  REQUIRE(table.find("a"));
  CHECK(table.find("a")->name == "a");
  CHECK(table.find("ab")->name == "ab");
  CHECK_FALSE(table.find("abc"));
  CHECK_FALSE(strategy_table{}.find("a"));
}

TEST_CASE("a strategy has an LLM where one named endpoint is usable",
          "[strategy]") {
  strategy_table table;
  auto add = [&](std::string name, bool usable) {
    endpoint x;
    x.name = name;
    x.usable = usable;
    table.endpoints[name] = std::make_shared<const endpoint>(x);
  };
  add("good", true);
  add("keyless", false);
  auto enabled = [&](std::vector<std::string> names) {
    auto x = make_strategy({"*"});
    x.endpoints = std::move(names);
    return table.llm_enabled(x);
  };
  CHECK(enabled({"good"}));
  CHECK(enabled({"keyless", "good"}));
  CHECK_FALSE(enabled({"keyless"}));
  CHECK_FALSE(enabled({"unknown"}));
  CHECK_FALSE(enabled({}));
}
