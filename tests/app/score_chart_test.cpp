#include "tests/app/chart_fixture.hpp"
#include "tests/support/catch.hpp"

#include <filesystem>

using namespace riskbreaker;
using namespace riskbreaker::tests;

// `score --chart` as a command.

namespace {

struct fixture : score_fixture {
  fixture() : candles{"x.csv", csv_header + csv_rows(random_walk(400))} {
    options.files = {candles.path()};
  }

  std::string chart_path(const std::string& name) const {
    return (std::filesystem::path{candles.path()}.parent_path() / name)
      .string();
  }

  /// The answer at a terminal or not.
  int draw(const std::string& name, bool at_terminal = false) {
    options.chart = chart_path(name);
    out.str({});
    err.str({});
    return app::run_score(options, {out, err, at_terminal, false, false, -1});
  }

  temporary_file candles;
};

} // namespace

TEST_CASE_METHOD(fixture, "score: a chart comes beside the rows", "[score]") {
  CHECK(draw("x.html") == 0);
  CHECK(lines().size() == 401);
  CHECK(err.str().empty());
  CHECK(read_file(options.chart).starts_with("<!DOCTYPE html>"));
  CHECK(draw("x.svg") == 0);
  CHECK(lines().size() == 401);
  CHECK(err.str()
        == "riskbreaker score: " + options.chart
             + ": the newest 300 of 400 candles; --chart-candles "
               "400 shows all\n");
  CHECK(read_file(options.chart).starts_with("<svg "));
  options.chart_candles = 400;
  CHECK(draw("x.svg") == 0);
  CHECK(err.str().empty());
}

TEST_CASE_METHOD(fixture,
                 "score: at a terminal a chart keeps the rows away, unless "
                 "their form was asked for",
                 "[score]") {
  CHECK(draw("x.html", true) == 0);
  CHECK(out.str().empty());
  CHECK(std::filesystem::file_size(options.chart) > 100'000);
  options.format.json = true;
  CHECK(draw("x.html", true) == 0);
  CHECK(lines().size() == 400);
}

TEST_CASE_METHOD(fixture, "score: what is no chart's name is wrong use",
                 "[score]") {
  for (const auto* name : {"x.png", "x", "html", "x.HTML", "x.html.gz"}) {
    CHECK(draw(name) == 2);
    CHECK(out.str().empty());
    CHECK_THAT(err.str(), Catch::Contains(".html") && Catch::Contains(".svg"));
    CHECK(!std::filesystem::exists(options.chart));
  }
  options.chart_candles = 0;
  CHECK(draw("x.html") == 2);
  options.chart_candles = 2'001;
  CHECK(draw("x.html") == 0);
  CHECK(draw("x.svg") == 2);
  CHECK_THAT(err.str(), Catch::Contains("1 to 2000 candles"));
}

TEST_CASE_METHOD(fixture,
                 "score: a chart that cannot be written is known before a row "
                 "is scored",
                 "[score]") {
  CHECK(draw("no/such/folder/x.html") == 1);
  CHECK(out.str().empty());
  CHECK(err.str()
        == "riskbreaker score: " + options.chart
             + ": the chart cannot be written: No such file or "
               "directory\n");
}

TEST_CASE_METHOD(fixture, "score: a chart that the disk has no room for fails",
                 "[score]") {
  std::filesystem::create_symlink("/dev/full", chart_path("x.html"));
  CHECK(draw("x.html") == 1);
  CHECK(lines().size() == 401);
  CHECK(err.str()
        == "riskbreaker score: " + options.chart
             + ": the chart cannot be written: No space left on "
               "device\n");
}

TEST_CASE_METHOD(fixture, "score: a run that fails leaves the chart of before",
                 "[score]") {
  REQUIRE(draw("x.html") == 0);
  auto before = read_file(options.chart);
  options.strict = true;
  temporary_file bad{"x.csv", csv_header + "A/B,5m,1,1,1,1,1,1\n"};
  options.files = {bad.path()};
  CHECK(draw("x.html") == 1);
  CHECK_THAT(err.str(), Catch::Contains("no chart was written"));
  CHECK(read_file(options.chart) == before);
  CHECK(draw("new.html") == 1);
  CHECK(!std::filesystem::exists(options.chart));
  options.files = {bad.path() + ".missing"};
  CHECK(draw("x.html") == 1);
  CHECK(read_file(options.chart) == before);
}

TEST_CASE_METHOD(fixture, "score: a shorter chart replaces a longer one whole",
                 "[score]") {
  REQUIRE(draw("x.html") == 0);
  auto before = std::filesystem::file_size(options.chart);
  options.chart_candles = 5;
  REQUIRE(draw("x.html") == 0);
  CHECK(std::filesystem::file_size(options.chart) < before);
  CHECK(read_file(options.chart).ends_with("</html>\n"));
}

TEST_CASE_METHOD(fixture, "score: a chart is judged by the strategy's gate",
                 "[score]") {
  temporary_file config{
    "x.json", R"({"strategies": {"mine": {"gate": {"max_risk_score": 33,
               "min_confidence": 0.2}, "llm": {"endpoints": []}}}})"};
  options.config = {config.path()};
  REQUIRE(draw("x.html") == 0);
  CHECK_THAT(read_file(options.chart),
             Catch::Contains("\"strategy\":\"mine\"")
               && Catch::Contains("\"max_risk_score\":33")
               && Catch::Contains("\"min_confidence\":0.2"));
}
