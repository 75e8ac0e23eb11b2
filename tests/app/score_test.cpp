#include "core/scoring/candle_scorer.hpp"
#include "tests/app/score_fixture.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>

using namespace riskbreaker;
using namespace riskbreaker::app;
using namespace riskbreaker::tests;
using nlohmann::json;

namespace {

using fixture = score_fixture;

const std::string first_columns = "pair,timeframe,time,score,confidence";

/// What `bars` score, one by one.
std::vector<core::fallback_score>
scores_of(const std::vector<core::candle>& bars,
          core::scoring_config config = {}) {
  std::vector<core::fallback_score> result;
  core::series series{*core::timeframe::parse("5m")};
  for (const auto& bar : bars) {
    series.add(bar);
    result.push_back(core::score_market(series.view(), config));
  }
  return result;
}

} // namespace

TEST_CASE_METHOD(fixture, "score: one row a candle, in the file's order",
                 "[score]") {
  auto bars = random_walk(300);
  temporary_file file{"a.csv", csv_header + csv_rows(bars)};
  CHECK(run(file) == 0);
  CHECK(err.str().empty());
  auto got = lines();
  REQUIRE(got.size() == 301);
  CHECK(got[0] == first_columns);
  CHECK(got[1] == "BTC/USDT,5m,1699999800000,50,0");
  CHECK(got[15] == "BTC/USDT,5m,1700004000000,50,0.21");
  auto want = scores_of(bars);
  for (std::size_t i = 0; i < bars.size(); ++i)
    REQUIRE(
      got[i + 1]
      == "BTC/USDT,5m," + std::to_string(ms_of(bars[i].time)) + ','
           + json(static_cast<int>(want[i].score)).dump() + ','
           + (want[i].confidence == 0 ? "0" : json(want[i].confidence).dump()));
}

TEST_CASE_METHOD(fixture, "score: what is not available is an empty cell",
                 "[score]") {
  temporary_file file{"a.csv", csv_header + csv_rows(random_walk(80))};
  options.format.explain = true;
  CHECK(run(file) == 0);
  auto got = lines();
  CHECK(got[0]
        == first_columns
             + ",rsi14,atr14,adx14,bb_upper,bb_middle,bb_lower,tenkan,kijun,"
               "senkou_a,senkou_b,rv20,support,resistance,points_rsi,"
               "points_volatility,points_trend,points_price_action");
  CHECK(got[1] == "BTC/USDT,5m,1699999800000,50,0,,,,,,,,,,,,,,,,,");
  auto cells = [&](std::size_t row) {
    return static_cast<std::size_t>(
      std::count(got[row].begin(), got[row].end(), ','));
  };
  for (std::size_t row = 0; row < got.size(); ++row)
    CHECK(cells(row) == 21);
  // From row 76 on, 0-based, everything is there.
  CHECK_THAT(got[76], Catch::Contains(",,"));
  CHECK_THAT(got[77], !Catch::Contains(",,"));
}

TEST_CASE_METHOD(fixture, "score: NDJSON says the same, null for empty",
                 "[score]") {
  temporary_file file{"a.csv", csv_header + csv_rows(random_walk(100))};
  options.format = {true, true};
  CHECK(run(file) == 0);
  auto got = objects();
  REQUIRE(got.size() == 100);
  CHECK(got[0]["pair"] == "BTC/USDT");
  CHECK(got[0]["timeframe"] == "5m");
  CHECK(got[0]["time"] == 1'699'999'800'000);
  CHECK(got[0]["score"] == 50);
  CHECK(got[0]["confidence"] == 0);
  CHECK(got[0]["rsi14"].is_null());
  CHECK(got[0]["points_rsi"].is_null());
  CHECK(got[99]["confidence"] == 0.7);
  CHECK(got[99]["rsi14"].is_number());
  CHECK(got[99]["points_rsi"].is_number());
  // The numbers are the CSV's, to the last digit.
  options.format.json = false;
  CHECK(run(file) == 0);
  auto rows = lines();
  std::istringstream names{rows[0]};
  std::istringstream cells{rows[100]};
  std::string name;
  std::string cell;
  while (std::getline(names, name, ',')) {
    REQUIRE(std::getline(cells, cell, ','));
    const auto& value = got[99][name];
    CHECK(cell
          == (value.is_string() ? value.get<std::string>() : value.dump()));
  }
}

TEST_CASE_METHOD(fixture, "score: every number gives the same double back",
                 "[score]") {
  auto bars = random_walk(120, 3, 2.5e-8);
  temporary_file file{"a.csv", csv_header + csv_rows(bars)};
  options.format = {true, true};
  CHECK(run(file) == 0);
  auto got = objects();
  core::series series{*core::timeframe::parse("5m")};
  for (std::size_t i = 0; i < bars.size(); ++i) {
    series.add(bars[i]);
    auto view = series.view();
    if (view.bb_upper)
      REQUIRE(got[i]["bb_upper"].get<double>() == *view.bb_upper);
    if (view.rv20)
      REQUIRE(got[i]["rv20"].get<double>() == *view.rv20);
    if (view.resistance)
      REQUIRE(got[i]["resistance"].get<double>() == *view.resistance);
  }
}

TEST_CASE_METHOD(fixture, "score: a market that never moved has no rsi",
                 "[score]") {
  std::string text = csv_header;
  for (int i = 0; i < 30; ++i)
    text
      += csv_row(flat_candle(walk_start + i * std::chrono::minutes{5}, 1.5e-8));
  temporary_file file{"a.csv", text};
  options.format = {true, true};
  CHECK(run(file) == 0);
  auto last = objects().back();
  CHECK(last["rsi14"].is_null());
  CHECK(last["points_rsi"].is_null());
  CHECK(last["bb_upper"] == 1.5e-8);
  CHECK(last["points_price_action"] == 0);
}

TEST_CASE_METHOD(fixture, "score: profile and side are those asked for",
                 "[score]") {
  auto bars = random_walk(400, 5);
  temporary_file file{"a.csv", csv_header + csv_rows(bars)};
  auto profile = GENERATE(core::scoring_profile::ichimoku,
                          core::scoring_profile::bb_meanreversion);
  auto side
    = GENERATE(core::trade_side::long_side, core::trade_side::short_side);
  options.profile = core::to_string(profile);
  options.side = core::to_string(side);
  options.format.json = true;
  CHECK(run(file) == 0);
  core::scoring_config config;
  config.profile = profile;
  config.side = side;
  auto want = scores_of(bars, config);
  auto got = objects();
  REQUIRE(got.size() == want.size());
  for (std::size_t i = 0; i < want.size(); ++i)
    REQUIRE(got[i]["score"] == want[i].score);
}

TEST_CASE_METHOD(fixture, "score: a pair with a comma or quote stays one cell",
                 "[score]") {
  temporary_file file{"a.csv",
                      csv_header + csv_rows(random_walk(2), R"("A,""B""/C")")};
  CHECK(run(file) == 0);
  CHECK(lines()[1] == R"("A,""B""/C",5m,1699999800000,50,0)");
  options.format.json = true;
  CHECK(run(file) == 0);
  CHECK(objects()[1]["pair"] == R"(A,"B"/C)");
  options.pair = "币安人生/USDT:USDT";
  CHECK(run(file) == 0);
  CHECK(objects()[1]["pair"] == "币安人生/USDT:USDT");
}

TEST_CASE_METHOD(fixture, "score: a file of column names alone is no failure",
                 "[score]") {
  temporary_file file{"a.csv", csv_header};
  CHECK(run(file) == 0);
  CHECK(out.str() == first_columns + '\n');
}

TEST_CASE_METHOD(fixture, "score: on a terminal it sums up", "[score]") {
  temporary_file file{"a.csv", csv_header + csv_rows(random_walk(5'000))};
  terminal = true;
  CHECK(run(file) == 0);
  CHECK_THAT(err.str(), Catch::Contains("scored 5,000 candles of 1 series")
                          && Catch::Contains("/s\n"));
}
