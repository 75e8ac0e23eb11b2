#include "core/market/indicators.hpp"
#include "folders.hpp"
#include "tests/core/market/golden.hpp"
#include "tests/support/catch.hpp"

using namespace riskbreaker::core;
using namespace riskbreaker::tests;

namespace {

/// One message for each column that is off, and where it first is.
std::vector<std::string> differences(const oracle& set) {
  std::vector<std::string> result;
  std::vector<market_view> views;
  indicators state;
  for (auto& bar : set.candles) {
    state.add(bar);
    state.fill(views.emplace_back());
  }
  for (auto& column : golden_columns) {
    auto i = set.columns.find(column.name);
    if (i == set.columns.end())
      continue;
    for (std::size_t row = 0; row < views.size(); ++row) {
      auto got = views[row].*column.field;
      auto want = i->second[row];
      if (agrees(got, want, column))
        continue;
      result.push_back(
        set.name + " row " + std::to_string(row) + ' ' + column.name + ": "
        + (got ? Catch::Detail::stringify(*got) : "nothing") + " instead of "
        + (want ? Catch::Detail::stringify(*want) : "nothing"));
      break;
    }
  }
  return result;
}

void check_folder(const std::string& folder, std::size_t min_sets) {
  auto files = oracle_files(folder);
  CHECK(files.size() >= min_sets);
  for (auto& file : files) {
    auto set = read_oracle(file);
    REQUIRE_FALSE(set.candles.empty());
    CHECK(differences(set) == std::vector<std::string>{});
  }
}

} // namespace

TEST_CASE("every indicator holds its tolerance on the synthetic markets",
          "[golden]") {
  check_folder(TESTS_DIR "/data/oracle", 6);
}

TEST_CASE("every indicator holds its tolerance on flat and one-way markets",
          "[golden]") {
  check_folder(TESTS_DIR "/data/oracle/edge", 7);
}

TEST_CASE("every indicator holds its tolerance on the local golden sets",
          "[golden]") {
  if (!std::filesystem::exists(SHARED_DIR "/oracle")) {
    WARN("skipped: the golden sets of real markets are not on this machine");
    return;
  }
  check_folder(SHARED_DIR "/oracle", 8);
  check_folder(SHARED_DIR "/oracle/edge", 44);
}

TEST_CASE("golden sets give a value in every column that is compared",
          "[golden]") {
  auto set = read_oracle(TESTS_DIR "/data/oracle/syn_btc_5m.expected.csv");
  REQUIRE(set.candles.size() == 700);
  for (auto& column : golden_columns) {
    REQUIRE(set.columns.count(column.name) == 1);
    CHECK(set.columns[column.name].back().has_value());
  }
}
