#include "app/candle_files.hpp"
#include "tests/app/temporary_file.hpp"
#include "tests/support/catch.hpp"

#include <cstdint>
#include <string>
#include <vector>

using namespace riskbreaker;
using namespace riskbreaker::app;
using tests::temporary_file;

namespace {

struct contents {
  struct row {
    std::string pair, timeframe;
    core::candle bar;
    std::uint64_t line;
  };
  std::vector<row> rows;
  std::vector<row_error> errors;
};

contents read_all(const std::string& path, candle_file_options options = {}) {
  contents all;
  auto file = open_candle_file(path, std::move(options));
  while (auto row = file->next()) {
    if (auto e = std::get_if<row_error>(&*row)) {
      all.errors.push_back(*e);
      continue;
    }
    const auto& x = std::get<file_candle>(*row);
    all.rows.push_back(
      {std::string{x.pair}, std::string{x.timeframe}, x.bar, x.line});
  }
  CHECK(file->progress() == 1);
  return all;
}

std::int64_t ms(core::unix_ms t) {
  return t.time_since_epoch().count();
}

const std::string header
  = "pair,timeframe,open_time_ms,open,high,low,close,volume\n";

} // namespace

TEST_CASE("a CSV file is read by the names of its columns", "[candle_files]") {
  temporary_file file{"x.csv",
                      header
                        + "ADA/BTC,5m,1515560100000,0.00005330000000000001,"
                          "0.0000534,0.00005288000000000001,2.5e-8,401.97\n"
                          "BTC/USDT:USDT,1h,1515560400000,1,2,0.5,1.5,0\n"};
  auto all = read_all(file.path());
  REQUIRE(all.rows.size() == 2);
  CHECK(all.errors.empty());
  const auto& x = all.rows[0];
  CHECK(x.pair == "ADA/BTC");
  CHECK(x.timeframe == "5m");
  CHECK(ms(x.bar.time) == 1'515'560'100'000);
  CHECK(x.bar.open == 0.00005330000000000001);
  CHECK(x.bar.close == 2.5e-8);
  CHECK(x.line == 2);
  CHECK(all.rows[1].pair == "BTC/USDT:USDT");
  CHECK(all.rows[1].line == 3);
}

TEST_CASE("CSV columns may stand in any order and under their usual names",
          "[candle_files]") {
  for (std::string name :
       {"open_time_ms", "time", "timestamp", "date", "Date"}) {
    temporary_file file{"x.csv", "volume,close,low,high,open," + name
                                   + ",extra\n9,1.5,1,2,1.2,1515560100000,x\n"};
    auto all = read_all(file.path(), {"BTC/USDT", "5m"});
    REQUIRE(all.rows.size() == 1);
    CHECK(all.rows[0].bar.open == 1.2);
    CHECK(all.rows[0].bar.volume == 9);
    CHECK(ms(all.rows[0].bar.time) == 1'515'560'100'000);
  }
}

TEST_CASE("a CSV time may be ISO-8601 with its zone", "[candle_files]") {
  temporary_file file{"x.csv", "date,open,high,low,close,volume\n"
                               "2018-01-10 04:55:00+00:00,1,1,1,1,1\n"
                               "2018-01-10T05:55:00+01:00,1,1,1,1,1\n"
                               "1515560100000.0,1,1,1,1,1\n"
                               "2018-01-10 04:55:00,1,1,1,1,1\n"
                               "1515560100,1,1,1,1,1\n"};
  auto all = read_all(file.path(), {"BTC/USDT", "5m"});
  REQUIRE(all.rows.size() == 3);
  for (const auto& x : all.rows)
    CHECK(ms(x.bar.time) == 1'515'560'100'000);
  REQUIRE(all.errors.size() == 2);
  CHECK_THAT(all.errors[0].what, Catch::Contains("zone"));
  CHECK(all.errors[0].line == 5);
  CHECK_THAT(all.errors[1].what, Catch::Contains("seconds"));
}

TEST_CASE("a bad CSV row is named and leaves its neighbours alone",
          "[candle_files]") {
  temporary_file file{
    "x.csv", header
               + "A/B,5m,1515560100000,1,2,1,1.5\n"    // 2: cut
                 "A/B,5m,1515560100000,1,2,1,nan,1\n"  // 3
                 "A/B,5m,1515560100000,1,2,1,,1\n"     // 4
                 "A/B,5m,1515560100000,1,inf,1,1,1\n"  // 5
                 "A/B,5m,1515560100000,1,2,1,1.5x,1\n" // 6
                 "A/B,7m,1515560100000,1,2,1,1.5,1\n"  // 7
                 "A B,5m,1515560100000,1,2,1,1.5,1\n"  // 8
                 ",5m,1515560100000,1,2,1,1.5,1\n"     // 9
                 "\n"                                  // nothing
                 "A/B,5m,1515560100000,1,2,1,1.5,1"};  // 11, no line end
  auto all = read_all(file.path());
  REQUIRE(all.rows.size() == 1);
  CHECK(all.rows[0].line == 11);
  REQUIRE(all.errors.size() == 8);
  for (std::size_t i = 0; i < all.errors.size(); ++i)
    CHECK(all.errors[i].line == i + 2);
  CHECK_THAT(all.errors[0].what, Catch::Contains("volume is missing"));
  CHECK_THAT(all.errors[1].what, Catch::Contains("close"));
  CHECK_THAT(all.errors[3].what, Catch::Contains("high"));
  CHECK_THAT(all.errors[5].what, Catch::Contains("15m"));
}

TEST_CASE("a CSV file may come from a spreadsheet", "[candle_files]") {
  temporary_file file{
    "x.csv",
    "\xEF\xBB\xBF\"pair\";\"timeframe\";\"time\";\"open\";\"high\";\"low\";"
    "\"close\";\"volume\"\r\n\"BTC/"
    "USDT\";5m;1515560100000;1;2;1;\"1.5\";3\r\n"};
  auto all = read_all(file.path());
  REQUIRE(all.rows.size() == 1);
  CHECK(all.rows[0].pair == "BTC/USDT");
  CHECK(all.rows[0].bar.close == 1.5);
  CHECK(all.rows[0].bar.volume == 3);
}

TEST_CASE("an option goes before the file's column", "[candle_files]") {
  temporary_file file{"x.csv", header + "A/B,5m,1515560100000,1,2,1,1.5,1\n"};
  auto all = read_all(file.path(), {"币安人生/USDT:USDT", "1M"});
  REQUIRE(all.rows.size() == 1);
  CHECK(all.rows[0].pair == "币安人生/USDT:USDT");
  CHECK(all.rows[0].timeframe == "1M");
}

TEST_CASE("a line longer than the buffer is read whole", "[candle_files]") {
  temporary_file file{"x.csv", "note," + header + std::string(600'000, 'n')
                                 + ",A/B,5m,1515560100000,1,2,1,1.5,1\n"};
  CHECK(read_all(file.path()).rows.size() == 1);
}

TEST_CASE("a file that cannot be used says what is wrong and what to do",
          "[candle_files]") {
  auto message = [](const std::string& name, const std::string& text,
                    candle_file_options options = {}) {
    temporary_file file{name, text};
    try {
      read_all(file.path(), std::move(options));
    } catch (const candle_file_error& e) {
      return std::string{e.what()};
    }
    return std::string{};
  };
  CHECK_THAT(message("x.csv", ""), Catch::Contains("empty"));
  CHECK_THAT(message("x.csv", "time,open,high\n1,2,3\n", {"A/B", "5m"}),
             Catch::Contains("low, close, volume"));
  CHECK_THAT(message("x.csv", "time,open,high,low,close,volume\n"),
             Catch::Contains("--pair"));
  CHECK_THAT(message("x.csv", header, {"A B", ""}), Catch::Contains("--pair"));
  CHECK_THAT(message("x.csv", header, {"", "7m"}), Catch::Contains("15m"));
  CHECK_THAT(message("x.json", "[[1515560100000,1,2,1,1.5,1]]"),
             Catch::Contains("--timeframe"));
  CHECK_THAT(message("A_B-5m.json", "[[1515560100000,1,2,1,1"),
             Catch::Contains("row 1"));
  CHECK_THAT(message("A_B-5m.json", "[1,2]"), Catch::Contains("no JSON"));
  CHECK_THAT(message("A_B-5m.json", "[]x"), Catch::Contains("end"));
  CHECK_THAT(message("x.json", "{\"pair\":\"A/B\"}"),
             Catch::Contains("push -"));
  CHECK_THAT(message("x.feather", std::string{"ARROW1\0\0abc", 11}),
             Catch::Contains("convert-data"));
  CHECK_THROWS_WITH(open_candle_file("no/such/file.csv"),
                    Catch::Contains("no/such/file.csv")
                      && Catch::Contains("No such file"));
  CHECK_THROWS_AS(read_all("."), candle_file_error);
}
