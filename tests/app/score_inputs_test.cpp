#include "tests/app/score_fixture.hpp"
#include "tests/support/catch.hpp"

using namespace riskbreaker;
using namespace riskbreaker::app;
using namespace riskbreaker::tests;
using nlohmann::json;

// Where candles and rules come from.

namespace {

using fixture = score_fixture;

json row_of(const core::candle& x) {
  return {ms_of(x.time), x.open, x.high, x.low, x.close, x.volume};
}

json rows_of(const std::vector<core::candle>& bars) {
  auto rows = json::array();
  for (const auto& bar : bars)
    rows.push_back(row_of(bar));
  return rows;
}

json object_of(const core::candle& x, const std::string& pair = "BTC/USDT") {
  return {{"pair", pair},     {"timeframe", "5m"}, {"time", ms_of(x.time)},
          {"open", x.open},   {"high", x.high},    {"low", x.low},
          {"close", x.close}, {"volume", x.volume}};
}

std::string lines_of(const std::vector<core::candle>& bars) {
  std::string text;
  for (const auto& bar : bars)
    text += object_of(bar).dump() + '\n';
  return text;
}

} // namespace

TEST_CASE_METHOD(fixture, "score: all forms of a file score the same",
                 "[score]") {
  auto bars = random_walk(200);
  temporary_file csv{"x.csv", csv_header + csv_rows(bars)};
  CHECK(run(csv) == 0);
  auto want = out.str();
  temporary_file rows{"BTC_USDT-5m.json", rows_of(bars).dump()};
  CHECK(run(rows) == 0);
  CHECK(out.str() == want);
  temporary_file zipped{"BTC_USDT-5m.json.gz", ""};
  zipped.zip(rows_of(bars).dump());
  CHECK(run(zipped) == 0);
  CHECK(out.str() == want);
  temporary_file lines{"x.ndjson", lines_of(bars)};
  CHECK(run(lines) == 0);
  CHECK(out.str() == want);
  json block{
    {"pair", "BTC/USDT"}, {"timeframe", "5m"}, {"candles", rows_of(bars)}};
  temporary_file blocks{"x.json", block.dump()};
  CHECK(run(blocks) == 0);
  CHECK(out.str() == want);
  auto list = json::array();
  for (const auto& bar : bars)
    list.push_back(object_of(bar));
  temporary_file lists{"x.json", "\n [ " + list.dump().substr(1)};
  CHECK(run(lists) == 0);
  CHECK(out.str() == want);
  CHECK(err.str().empty());
}

TEST_CASE_METHOD(fixture, "score: standard input may hold any of the forms",
                 "[score]") {
  auto bars = random_walk(100);
  temporary_file csv{"x.csv", csv_header + csv_rows(bars)};
  CHECK(run(csv) == 0);
  auto want = out.str();
  auto text = GENERATE_COPY(csv_header + csv_rows(bars), lines_of(bars),
                            rows_of(bars).dump());
  type(text);
  if (text.starts_with("[["))
    CHECK(run() == 1); // rows say no pair, and there is no name either
  options.pair = "BTC/USDT";
  options.timeframe = "5m";
  if (text.starts_with("[["))
    type(text);
  CHECK(run() == 0);
  CHECK(out.str() == want);
}

TEST_CASE_METHOD(fixture, "score: lines that are no candles are named",
                 "[score]") {
  auto bars = random_walk(4);
  auto forming = object_of(bars[3]);
  forming["closed"] = false;
  auto without = object_of(bars[2]);
  without["close"] = nullptr;
  type(object_of(bars[0]).dump() + "\n\nnot json\n" + without.dump()
       + "\n{\"pair\":\n" + object_of(bars[1]).dump() + '\n' + forming.dump());
  CHECK(run() == 0);
  CHECK(lines().size() == 3);
  CHECK_THAT(err.str(), Catch::Contains("-:3: is no JSON")
                          && Catch::Contains("-:4: close")
                          && Catch::Contains("-:5: ")
                          && Catch::Contains("1 candle that is not closed, the "
                                             "first at line 7: no score"));
}

TEST_CASE_METHOD(fixture, "score: a zipped standard input is told how to go on",
                 "[score]") {
  type("\x1f\x8b\x08");
  CHECK(run() == 1);
  CHECK_THAT(err.str(), Catch::Contains("zcat"));
}

TEST_CASE_METHOD(fixture, "score: files continue one another", "[score]") {
  auto bars = random_walk(300);
  temporary_file whole{"x.csv", csv_header + csv_rows(bars)};
  CHECK(run(whole) == 0);
  auto want = out.str();
  temporary_file first{
    "a.csv", csv_header + csv_rows({bars.begin(), bars.begin() + 150})};
  temporary_file second{
    "b.csv", csv_header + csv_rows({bars.begin() + 150, bars.end()})};
  options.files = {first.path(), second.path()};
  CHECK(run() == 0);
  CHECK(out.str() == want);
}

TEST_CASE_METHOD(fixture, "score: pairs in one file do not touch one another",
                 "[score]") {
  auto a = random_walk(200, 1, 100);
  auto b = random_walk(200, 2, 2.5e-8);
  auto mixed = csv_header;
  for (std::size_t i = 0; i < a.size(); ++i)
    mixed += csv_row(a[i], "A/X") + csv_row(b[i], "B/X")
             + csv_row(b[i], "A/X", i % 12 == 0 ? "1h" : "7m");
  temporary_file file{"x.csv", mixed};
  options.format.explain = true;
  CHECK(run(file) == 0);
  auto all = lines();
  auto only = [&all](const std::string& start) {
    std::vector<std::string> result;
    for (const auto& line : all)
      if (line.starts_with(start))
        result.push_back(line);
    return result;
  };
  temporary_file alone{"x.csv", csv_header + csv_rows(b, "B/X")};
  auto got = only("B/X,5m,");
  CHECK(only("A/X,5m,").size() == 200);
  CHECK(run(alone) == 0);
  auto want = lines();
  REQUIRE(got.size() == 200);
  CHECK(std::equal(got.begin(), got.end(), want.begin() + 1));
}

// https://github.com/ccxt/ccxt/issues/5028
TEST_CASE_METHOD(fixture, "score: a minute and a month stay apart", "[score]") {
  auto minutes = random_walk(30, 1, 100, *core::timeframe::parse("1m"));
  auto months = random_walk(30, 2, 7, *core::timeframe::parse("1M"));
  for (std::size_t i = 0; i < months.size(); ++i)
    months[i].time = core::timeframe::parse("1M")->advance(
      core::unix_ms{std::chrono::sys_days{std::chrono::January / 1 / 2020}},
      static_cast<std::int64_t>(i));
  auto text = csv_header;
  for (std::size_t i = 0; i < minutes.size(); ++i)
    text += csv_row(minutes[i], "A/B", "1m") + csv_row(months[i], "A/B", "1M")
            + csv_row(minutes[i], "A/B", i % 2 == 0 ? "1Min" : "1H");
  temporary_file file{"x.csv", text};
  options.format = {true, true};
  CHECK(run(file) == 0);
  auto got = objects();
  REQUIRE(got.size() == 60);
  CHECK(got[58]["timeframe"] == "1m");
  CHECK(got[58]["bb_middle"].get<double>() > 50);
  CHECK(got[59]["timeframe"] == "1M");
  CHECK(got[59]["bb_middle"].get<double>() < 50);
  CHECK_THAT(err.str(),
             Catch::Contains("\"1Min\" is not known: send one of 1m,")
               && Catch::Contains("20 more bad rows: 20 "
                                  "bad_timeframe"));
}

// https://github.com/freqtrade/freqtrade/issues/9292
TEST_CASE_METHOD(fixture, "score: a young market says what it lacks",
                 "[score]") {
  temporary_file file{"x.csv", csv_header + csv_rows(random_walk(20))};
  options.format = {true, true};
  CHECK(run(file) == 0);
  auto last = objects().back();
  CHECK(last["confidence"] == 0.7 * 0.3);
  CHECK(last["points_rsi"].is_number());
  for (const auto* name :
       {"points_volatility", "points_trend", "points_price_action"})
    CHECK(last[name].is_null());
}

TEST_CASE_METHOD(fixture, "score: a file that is cut keeps the rows before",
                 "[score]") {
  auto text = rows_of(random_walk(50)).dump();
  temporary_file file{"BTC_USDT-5m.json", text.substr(0, text.size() - 10)};
  CHECK(run(file) == 1);
  CHECK(lines().size() == 50);
  CHECK_THAT(err.str(), Catch::Contains("ends in the middle, at row 50"));
  options.files = {"missing.csv"};
  CHECK(run() == 1);
  CHECK_THAT(err.str(), Catch::Contains("missing.csv: cannot be opened"));
}

TEST_CASE_METHOD(fixture, "score: thresholds and points are the strategy's",
                 "[score]") {
  temporary_file config{"c.json", R"({"strategies": {
    "calm": {"fallback": {"max_confidence": 0.5, "points": 0}},
    "other": {}}})"};
  temporary_file good{"g.json", R"({"limits": {"max_gap_fill": 3},
    "strategies": {"half": {"fallback": {"max_confidence": 0.5}},
                   "whole": {}}})"};
  auto bars = random_walk(200);
  bars.erase(bars.begin() + 120, bars.begin() + 124);
  temporary_file file{"x.csv", csv_header + csv_rows(bars)};
  options.format.json = true;
  options.config = {good.path()};
  options.strategy = "half";
  CHECK(run(file) == 0);
  auto got = objects();
  CHECK(got[100]["confidence"] == 0.5);
  CHECK(got[120]["confidence"] == 0); // four missing candles are too many
  options.strategy = "hlaf";
  CHECK(run(file) == 2);
  CHECK_THAT(err.str(),
             Catch::Contains("--strategy hlaf") && Catch::Contains("half"));
  options.strategy.clear();
  CHECK(run(file) == 2);
  CHECK_THAT(err.str(), Catch::Contains("half, whole"));
  options.config = {config.path()};
  CHECK(run(file) == 78);
  CHECK_THAT(err.str(), Catch::Contains("c.json:2:"));
}

TEST_CASE_METHOD(fixture, "score: a lone strategy need not be named",
                 "[score]") {
  temporary_file config{"c.json", R"({"strategies": {"s": {"fallback":
    {"profile": "bb_meanreversion", "max_confidence": 0.4}}}})"};
  auto bars = random_walk(40);
  temporary_file file{"x.csv", csv_header + csv_rows(bars)};
  options.format = {true, true};
  options.config = {config.path()};
  CHECK(run(file) == 0);
  CHECK(objects()[39]["points_trend"].is_number()); // bands are there
  options.profile = "ichimoku";
  CHECK(run(file) == 0);
  CHECK(objects()[39]["points_trend"].is_null()); // the cloud is not
}

TEST_CASE_METHOD(fixture, "score: wrong use is told apart from failure",
                 "[score]") {
  options.files = {"-", "-"};
  CHECK(run() == 2);
  temporary_file file{"x.csv", csv_header};
  options.pair = "A B";
  CHECK(run(file) == 1);
  CHECK_THAT(err.str(), Catch::Contains("--pair"));
}
