#include "folders.hpp"
#include "tests/app/score_fixture.hpp"
#include "tests/core/market/golden.hpp"
#include "tests/support/catch.hpp"

#include <filesystem>

using namespace riskbreaker;
using namespace riskbreaker::tests;

namespace {

using fixture = score_fixture;

const std::string data = SHARED_DIR "/data/";

bool missing() {
  if (std::filesystem::exists(data))
    return false;
  WARN("skipped: the candles of real markets are not on this machine");
  return true;
}

std::optional<double> cell(const nlohmann::json& row, const char* name) {
  const auto& x = row.at(name);
  return x.is_null() ? std::nullopt : std::optional{x.get<double>()};
}

/// "5m" of "syn_btc_5m.expected.csv".
std::string timeframe_in(const std::string& name) {
  auto end = name.find('.');
  auto begin = name.rfind('_', end) + 1;
  return name.substr(begin, end - begin);
}

} // namespace

TEST_CASE_METHOD(fixture, "score: the golden values come out of the file",
                 "[score]") {
  options.format = {true, true};
  options.pair = "SYN/TEST";
  std::size_t sets = 0;
  for (const auto& path : oracle_files(TESTS_DIR "/data/oracle")) {
    auto set = read_oracle(path);
    options.files = {path.string()};
    options.timeframe = timeframe_in(set.name);
    CAPTURE(set.name);
    REQUIRE(run() == 0);
    CHECK(err.str().empty());
    auto rows = objects();
    REQUIRE(rows.size() == set.candles.size());
    for (const auto& column : golden_columns) {
      CAPTURE(column.name);
      const auto& want = set.columns.at(column.name);
      std::size_t wrong = 0;
      for (std::size_t i = 0; i < rows.size(); ++i)
        wrong
          += agrees(cell(rows[i], column.score_name), want[i], column) ? 0 : 1;
      CHECK(wrong == 0);
    }
    ++sets;
  }
  CHECK(sets == 6);
}

TEST_CASE_METHOD(fixture, "score: minutes called eight minutes are refused",
                 "[score][real]") {
  if (missing())
    return;
  options.files = {data + "hostile/UNITTEST_BTC-8m-mislabelled.csv"};
  CHECK(run() == 1);
  CHECK(lines().size() == 1);
  CHECK_THAT(err.str(), Catch::Contains("8m-mislabelled.csv:2: timeframe")
                          && Catch::Contains("13,671 bad_timeframe"));
  // Called by another name they are no better.
  options.timeframe = "1h";
  options.strict = true;
  CHECK(run() == 1);
  CHECK_THAT(err.str(), Catch::Contains("is not where a 1h candle opens"));
}

TEST_CASE_METHOD(fixture, "score: a scaled market has the scores of the other",
                 "[score][real]") {
  if (missing())
    return;
  options.pair = "SAME/NAME";
  options.profile = GENERATE("ichimoku", "bb_meanreversion");
  options.files = {data + "XLM_BTC-5m.csv"};
  CHECK(run() == 0);
  auto want = lines();
  CHECK(want.size() == 5'761);
  options.files = {data + "derived/XLM_BTC_scaled_1e-4-5m.csv"};
  CHECK(run() == 0);
  CHECK(lines() == want);
}

TEST_CASE_METHOD(fixture, "score: a market full of holes has a row a candle",
                 "[score][real]") {
  if (missing())
    return;
  options.files = {data + "UNITTEST_BTC-1m.csv"};
  CHECK(run() == 0);
  CHECK(lines().size() == 13'682);
  CHECK_THAT(err.str(), Catch::Contains("538 gaps")
                          && Catch::Contains("717 missing candles"));
}
