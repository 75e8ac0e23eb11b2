#include "app/chart/chart_json.hpp"
#include "tests/app/chart_fixture.hpp"
#include "tests/support/catch.hpp"

using namespace riskbreaker;
using namespace riskbreaker::app;
using namespace riskbreaker::tests;
using nlohmann::json;

// What a chart holds, and what it says of it in JSON.

namespace {

std::vector<core::unix_ms> times_of(const chart_series& x) {
  std::vector<core::unix_ms> result;
  for (const auto& row : x.rows)
    result.push_back(row.market.newest.time);
  return result;
}

std::vector<core::unix_ms> newest_times(const std::vector<core::candle>& bars,
                                        std::size_t n) {
  std::vector<core::unix_ms> result;
  for (auto i = bars.size() - n; i < bars.size(); ++i)
    result.push_back(bars[i].time);
  return result;
}

core::fallback_score scored(double score, double confidence) {
  core::fallback_score x;
  x.score = score;
  x.confidence = confidence;
  x.factors[0].available = true;
  return x;
}

} // namespace

TEST_CASE("a chart keeps the newest candles of each series in order",
          "[chart]") {
  auto bars = random_walk(25);
  auto kept = GENERATE(1u, 7u, 24u, 25u, 26u);
  chart_collector rows{{kept, 1'000, 10}};
  collect(rows, bars);
  auto series = rows.take();
  REQUIRE(series.size() == 1);
  CHECK(series[0].scored == 25);
  CHECK(times_of(series[0])
        == newest_times(bars, std::min<std::size_t>(kept, 25)));
  CHECK(rows.take().empty());
}

TEST_CASE("a chart of many series keeps fewer candles of each", "[chart]") {
  auto bars = random_walk(40);
  chart_collector rows{{20, 60, 5}};
  for (const auto* name : {"A/B", "C/D", "E/F"})
    collect(rows, bars, name);
  collect(rows, bars, "A/B", *core::timeframe::parse("1m")); // the fourth
  collect(rows, random_walk(12, 2), "C/D");                  // goes on
  collect(rows, bars, "G/H");
  collect(rows, bars, "one/more"); // the sixth of five
  auto series = rows.take();
  REQUIRE(series.size() == 5);
  CHECK(series[0].pair == "A/B");
  CHECK(times_of(series[0]) == newest_times(bars, 10));
  CHECK(times_of(series[3]) == newest_times(bars, 10));
  CHECK(series[3].frame.name() == "1m");
  CHECK(series[1].scored == 52);
  CHECK(times_of(series[1]) == newest_times(random_walk(12, 2), 10));
}

TEST_CASE("a verdict on a chart says what it is for", "[chart]") {
  core::gate_config gate;
  CHECK(judge(scored(70, 0.5), gate) == chart_verdict::allow);
  CHECK(judge(scored(70.5, 0.5), gate) == chart_verdict::block_score);
  CHECK(judge(scored(70, 0.49), gate) == chart_verdict::block_confidence);
  CHECK(judge(scored(71, 0.49), gate) == chart_verdict::block_score);
  CHECK(judge(core::fallback_score{}, gate) == chart_verdict::not_available);
  // A gate that lets everything pass does not make a score out of none.
  CHECK(judge(core::fallback_score{}, {0, 100})
        == chart_verdict::not_available);
}

TEST_CASE("a chart says what it leaves out, and nothing if it shows all",
          "[chart]") {
  auto x = chart_of(random_walk(5));
  CHECK(left_out_text(x).empty());
  x.series[0].scored = 1'005;
  CHECK(left_out_text(x) == "the newest 5 of 1,005 candles");
  x.series.push_back(x.series[0]);
  x.series_left_out = 1;
  CHECK(left_out_text(x)
        == "the newest 10 of 2,010 candles of 2 series; 1 more series is not "
           "shown");
}

TEST_CASE("a chart's columns say what the scores say", "[chart]") {
  auto x = chart_of(random_walk(100));
  x.gate = {0.3, 55};
  x.strategy = "mine";
  auto all = json::parse(chart_json(x));
  CHECK(all["gate"] == json{{"min_confidence", 0.3}, {"max_risk_score", 55}});
  CHECK(all["strategy"] == "mine");
  CHECK(all["profile"] == "ichimoku");
  REQUIRE(all["series"].size() == 1);
  const auto& s = all["series"][0];
  CHECK(s["step_ms"] == 300'000);
  REQUIRE(s["factors"].size() == core::factor_count);
  std::size_t absent = 0;
  for (std::size_t i = 0; i < 100; ++i) {
    CAPTURE(i);
    const auto& row = x.series[0].rows[i];
    CHECK(s["time"][i] == ms_of(row.market.newest.time));
    CHECK(s["close"][i] == row.market.newest.close);
    CHECK(s["score"][i] == row.score.score);
    CHECK(s["confidence"][i] == row.score.confidence);
    CHECK(s["verdict"][i] == to_string(judge(row.score, x.gate)));
    CHECK(s["senkou_b"][i].is_null() == (i < 76));
    CHECK(s["bb_upper"][i].is_null() == (i < 19));
    for (std::size_t n = 0; n < core::factor_count; ++n) {
      const auto& factor = row.score.factors[n];
      CHECK(s["factors"][n]["points"][i].is_null() == !factor.available);
      absent += factor.available ? 0 : 1;
      std::string reason;
      core::append_reason(reason, factor, x.scoring);
      CHECK(all["reasons"][s["factors"][n]["reason"][i].get<std::size_t>()]
            == reason);
    }
  }
  CHECK(absent > 100);
}

TEST_CASE("a pair's name cannot end the element that holds the data",
          "[chart]") {
  auto text = chart_json(chart_of(random_walk(3), hostile_pair));
  CHECK(text.find_first_of("<>") == std::string::npos);
  CHECK(json::parse(text)["series"][0]["pair"] == hostile_pair);
}

TEST_CASE("a chart without a candle is a chart", "[chart]") {
  CHECK(json::parse(chart_json({}))["series"].empty());
}
