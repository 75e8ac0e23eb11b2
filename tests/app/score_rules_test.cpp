#include "tests/app/score_fixture.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>
#include <cerrno>
#include <ostream>
#include <streambuf>

using namespace riskbreaker;
using namespace riskbreaker::app;
using namespace riskbreaker::tests;

// What is odd about a file, by the rules that hold for the daemon's candles.

namespace {

using fixture = score_fixture;

core::candle revised(core::candle x) {
  x.high *= 1.01;
  x.close = x.high;
  return x;
}

std::size_t count(const std::string& text, const std::string& what) {
  std::size_t result = 0;
  for (auto at = text.find(what); at != std::string::npos;
       at = text.find(what, at + 1))
    ++result;
  return result;
}

/// Takes nothing, as a pipe whose reader has left or a disk that is full.
struct closed_output : std::streambuf {
  explicit closed_output(int x) : reason(x) {
    // nop
  }
  int overflow(int) override {
    errno = reason;
    return traits_type::eof();
  }
  std::streamsize xsputn(const char*, std::streamsize) override {
    errno = reason;
    return 0;
  }
  int reason;
};

} // namespace

TEST_CASE_METHOD(fixture, "score: gaps are filled, but have no rows",
                 "[score]") {
  auto bars = random_walk(300);
  auto holed = bars;
  holed.erase(holed.begin() + 250, holed.begin() + 255);
  temporary_file file{"a.csv", csv_header + csv_rows(holed)};
  options.format.json = true;
  CHECK(run(file) == 0);
  auto got = objects();
  REQUIRE(got.size() == 295);
  CHECK(got[249]["time"] == ms_of(bars[249].time));
  CHECK(got[250]["time"] == ms_of(bars[255].time));
  CHECK(got[249]["confidence"] == 0.7);
  CHECK(got[250]["confidence"] == 0.7 * (1 - 0.05));
  CHECK_THAT(err.str(), Catch::Contains("1 gap, the first at line 252")
                          && Catch::Contains("5 missing candles"));
}

TEST_CASE_METHOD(fixture, "score: a gap too long begins anew, and says so",
                 "[score]") {
  auto bars = random_walk(400);
  bars.erase(bars.begin() + 150, bars.begin() + 251);
  temporary_file file{"a.csv", csv_header + csv_rows(bars)};
  options.format.json = true;
  CHECK(run(file) == 0);
  auto got = objects();
  CHECK(got[149]["confidence"] == 0.7);
  CHECK(got[150]["confidence"] == 0);
  CHECK_THAT(err.str(), Catch::Contains("line 152: too long to fill"));
}

TEST_CASE_METHOD(fixture, "score: a candle three times has one row",
                 "[score]") {
  auto bars = random_walk(100);
  std::string once = csv_header;
  std::string thrice = csv_header;
  for (const auto& bar : bars) {
    once += csv_row(bar);
    thrice += csv_row(bar) + csv_row(bar) + csv_row(bar);
  }
  temporary_file a{"a.csv", once};
  temporary_file b{"b.csv", thrice};
  CHECK(run(a) == 0);
  auto want = out.str();
  CHECK(run(b) == 0);
  CHECK(out.str() == want);
  CHECK_THAT(err.str(), Catch::Contains("200 duplicates, the first at line 3"));
}

TEST_CASE_METHOD(fixture, "score: a revision leaves its row and moves the next",
                 "[score]") {
  auto bars = random_walk(120);
  auto text = csv_header + csv_rows({bars.begin(), bars.begin() + 110});
  auto rest = csv_rows({bars.begin() + 110, bars.end()});
  temporary_file plain{"a.csv", text + rest};
  temporary_file changed{"b.csv", text + csv_row(revised(bars[109])) + rest};
  options.format.explain = true;
  CHECK(run(plain) == 0);
  auto before = lines();
  CHECK(run(changed) == 0);
  auto after = lines();
  REQUIRE(after.size() == before.size());
  CHECK(after[110] == before[110]);
  CHECK(after[111] != before[111]);
  CHECK_THAT(err.str(), Catch::Contains("1 revision, the first at line 112"));
}

TEST_CASE_METHOD(fixture, "score: a late candle fills its hole without a row",
                 "[score]") {
  auto bars = random_walk(120);
  auto late = bars;
  std::swap(late[100], late[101]);
  temporary_file ordered{"a.csv", csv_header + csv_rows(bars)};
  temporary_file swapped{"b.csv", csv_header + csv_rows(late)};
  options.format.explain = true;
  CHECK(run(ordered) == 0);
  auto want = lines();
  CHECK(run(swapped) == 0);
  auto got = lines();
  REQUIRE(got.size() == want.size() - 1);
  CHECK(std::equal(got.begin() + 102, got.end(), want.begin() + 103));
  CHECK_THAT(err.str(), Catch::Contains("1 late candle, the first at line 103")
                          && Catch::Contains("sort the file by time"));
}

TEST_CASE_METHOD(fixture, "score: a file from new to old is refused row by row",
                 "[score]") {
  auto bars = random_walk(100);
  std::reverse(bars.begin(), bars.end());
  temporary_file file{"a.csv", csv_header + csv_rows(bars)};
  CHECK(run(file) == 0);
  CHECK(lines().size() == 2);
  CHECK_THAT(err.str(), Catch::Contains("a.csv:3: ")
                          && Catch::Contains("sort them by time")
                          && Catch::Contains("89 more bad rows: 89 too_old"));
}

TEST_CASE_METHOD(fixture, "score: bad rows are named and left out", "[score]") {
  auto bars = random_walk(60);
  auto good = csv_header + csv_rows(bars);
  auto bad = csv_header + csv_rows({bars.begin(), bars.begin() + 30})
             + "BTC/USDT,5m,1700009000000,1,2,1,null,1\n"
               "BTC/USDT,5m,1700009000000,1,2,0,1,1\n"
               "BTC/USDT,5m,1700009000000,1,2,1,3,1\n"
               "BTC/USDT,5m,1700009000001,1,2,1,1,1\n"
               "BTC/USDT,5m,4102444800000,1,2,1,1,1\n"
             + csv_rows({bars.begin() + 30, bars.end()});
  temporary_file a{"a.csv", good};
  temporary_file b{"b.csv", bad};
  CHECK(run(a) == 0);
  auto want = out.str();
  CHECK(run(b) == 0);
  CHECK(out.str() == want);
  CHECK_THAT(err.str(),
             Catch::Contains("b.csv:32: close is no number: \"null\" (left")
               && Catch::Contains("b.csv:33: low is 0")
               && Catch::Contains("b.csv:34: high 2 is under the close 3")
               && Catch::Contains("b.csv:35: time 1700009000001")
               && Catch::Contains("b.csv:36: the candle closes at")
               && Catch::Contains("in the future"));
  CHECK(count(err.str(), "\n") == 5);
}

TEST_CASE_METHOD(fixture, "score: strict ends the run at the first bad row",
                 "[score]") {
  auto bars = random_walk(60);
  temporary_file file{"a.csv", csv_header
                                 + csv_rows({bars.begin(), bars.begin() + 30})
                                 + "BTC/USDT,5m,1700009000001,1,2,1,1,1\n"
                                 + csv_rows({bars.begin() + 30, bars.end()})};
  options.strict = true;
  CHECK(run(file) == 1);
  CHECK(lines().size() == 31);
  CHECK_THAT(err.str(), Catch::Contains("a.csv:32: ")
                          && Catch::Contains("--strict")
                          && Catch::Contains("after 30 candles"));
  // What is merely odd is no bad row.
  temporary_file twice{"a.csv", csv_header + csv_rows(bars) + csv_rows(bars)};
  CHECK(run(twice) == 0);
}

TEST_CASE_METHOD(fixture, "score: nothing but bad rows is a failure",
                 "[score]") {
  std::string text = csv_header;
  for (const auto& bar : random_walk(1'000))
    text += csv_row(bar, "BTC/USDT", "8m");
  temporary_file file{"a.csv", text};
  CHECK(run(file) == 1);
  CHECK(lines().size() == 1);
  CHECK_THAT(err.str(), Catch::Contains("\"8m\" is not known")
                          && Catch::Contains("990 more bad rows: 990 "
                                             "bad_timeframe"));
  CHECK(count(err.str(), "\n") == 11);
}

TEST_CASE_METHOD(fixture, "score: a reader that has seen enough is no failure",
                 "[score]") {
  temporary_file file{"a.csv", csv_header + csv_rows(random_walk(10'000))};
  options.files = {file.path()};
  auto run_into = [&](int reason) {
    closed_output closed{reason};
    std::ostream nowhere{&closed};
    err.str({});
    return run_score(options, {nowhere, err, false, false, false, -1});
  };
  CHECK(run_into(EPIPE) == 0);
  CHECK(err.str().empty());
  CHECK(run_into(ENOSPC) == 1);
  CHECK_THAT(err.str(), Catch::Contains("cannot be written: No space left"));
}
