#include "core/market/series.hpp"
#include "core/market/validate.hpp"
#include "core/scoring/score.hpp"
#include "folders.hpp"
#include "tests/core/market/oracle.hpp"
#include "tests/core/market/walks.hpp"
#include "tests/support/catch.hpp"

using namespace riskbreaker::core;
using namespace riskbreaker::tests;
using namespace std::chrono_literals;

namespace {

const std::string folder = SHARED_DIR "/data/";

/// Rows of pair,timeframe,open_time_ms,open,high,low,close,volume.
std::vector<candle> read_candles(const std::string& file) {
  std::vector<candle> result;
  std::ifstream in{folder + file};
  std::string line;
  std::getline(in, line);
  while (std::getline(in, line)) {
    auto cells = split_csv(line);
    auto number = [&cells](std::size_t i) {
      return std::stod(cells.at(i));
    };
    result.push_back({unix_ms{milliseconds{std::stoll(cells.at(2))}}, number(3),
                      number(4), number(5), number(6), number(7)});
  }
  return result;
}

bool missing() {
  if (std::filesystem::exists(folder))
    return false;
  WARN("skipped: the candles of real markets are not on this machine");
  return true;
}

std::optional<refusal> refuse(const candle& x, const char* frame) {
  return validate(x, *timeframe::parse(frame), true, x.time + 24h, 60s);
}

} // namespace

TEST_CASE("real candles are all taken, and their gaps filled", "[real]") {
  if (missing())
    return;
  struct expectation {
    const char* file;
    const char* frame;
    std::size_t rows;
    std::uint64_t filled;
  };
  const expectation files[] = {{"ETH_BTC-5m.csv", "5m", 5'760, 0},
                               {"ADA_BTC-5m.csv", "5m", 5'720, 40},
                               {"UNITTEST_BTC-1m.csv", "1m", 13'681, 717},
                               {"XRP_USDT_USDT-1h.csv", "1h", 100, 0}};
  for (auto& x : files) {
    auto bars = read_candles(x.file);
    CHECK(bars.size() == x.rows);
    series state{*timeframe::parse(x.frame)};
    for (auto& bar : bars) {
      REQUIRE_FALSE(refuse(bar, x.frame));
      auto report = state.add(bar);
      REQUIRE(report.what == arrival::newest);
      REQUIRE_FALSE(report.restarted);
      auto score = score_market(state.view(), {});
      REQUIRE(score.score >= 0);
      REQUIRE(score.score <= 100);
      REQUIRE(score.confidence >= 0);
      REQUIRE(score.confidence <= 0.7);
    }
    CHECK(state.filled_total() == x.filled);
  }
}

TEST_CASE("a real market and its scaled copy score the same", "[real]") {
  if (missing())
    return;
  auto bars = read_candles("XLM_BTC-5m.csv");
  auto scaled = read_candles("derived/XLM_BTC_scaled_1e-4-5m.csv");
  REQUIRE(bars.size() == scaled.size());
  series x{*timeframe::parse("5m")};
  series y{*timeframe::parse("5m")};
  for (std::size_t i = 0; i < bars.size(); ++i) {
    x.add(bars[i]);
    y.add(scaled[i]);
    auto a = x.view();
    auto b = y.view();
    REQUIRE(a.rsi14.has_value() == b.rsi14.has_value());
    if (a.rsi14)
      REQUIRE(close_to(*a.rsi14, *b.rsi14, 1e-9));
    for (auto profile :
         {scoring_profile::ichimoku, scoring_profile::bb_meanreversion}) {
      scoring_config config;
      config.profile = profile;
      REQUIRE(score_market(a, config).score == score_market(b, config).score);
    }
  }
}

TEST_CASE("minutes that are called eight minutes are refused, not scored",
          "[real]") {
  if (missing())
    return;
  auto bars = read_candles("hostile/UNITTEST_BTC-8m-mislabelled.csv");
  REQUIRE(bars.size() == 13'681);
  CHECK_FALSE(timeframe::parse("8m"));
  std::size_t taken = 0;
  for (auto& bar : bars) {
    auto bad = refuse(bar, "5m");
    if (bad)
      REQUIRE(bad->reason == refusal_reason::misaligned);
    else
      ++taken;
  }
  CHECK(taken < bars.size() / 4);
}
