#include "app/candle_files.hpp"
#include "tests/app/temporary_file.hpp"
#include "tests/support/catch.hpp"

#include <cmath>
#include <string>
#include <vector>

using namespace riskbreaker;
using namespace riskbreaker::app;
using tests::temporary_file;

namespace {

const std::string rows
  = "[[1515560100000,0.0984,0.0995,0.0983,0.0994,1820.5],\n"
    " [1515560400000,\"1\",\"2\",\"0.5\",\"1.5\",\"3\",1515560699999]]\n";

file_candle first_of(candle_file& file) {
  auto row = file.next();
  REQUIRE(row);
  REQUIRE(std::holds_alternative<file_candle>(*row));
  return std::get<file_candle>(*row);
}

} // namespace

TEST_CASE("rows of ccxt and Freqtrade are read, numbers as strings too",
          "[candle_files]") {
  temporary_file file{"x.json", rows};
  auto reader = open_candle_file(file.path(), {"ETH/BTC", "5m"});
  auto x = first_of(*reader);
  CHECK(x.bar.time.time_since_epoch().count() == 1'515'560'100'000);
  CHECK(x.bar.open == 0.0984);
  CHECK(x.bar.high == 0.0995);
  CHECK(x.bar.low == 0.0983);
  CHECK(x.bar.close == 0.0994);
  CHECK(x.bar.volume == 1820.5);
  CHECK(x.line == 1);
  auto y = first_of(*reader);
  CHECK(y.bar.close == 1.5);
  CHECK(y.line == 2);
  CHECK_FALSE(reader->next());
  CHECK_FALSE(reader->next());
}

TEST_CASE("Freqtrade's file names say pair and timeframe", "[candle_files]") {
  struct naming {
    std::string file, pair, timeframe;
  };
  for (const auto& x : std::vector<naming>{
         {"ETH_BTC-5m.json", "ETH/BTC", "5m"},
         {"ETH_BTC-5m.json.gz", "ETH/BTC", "5m"},
         {"BTC_USDT_USDT-5m-futures.json", "BTC/USDT:USDT", "5m"},
         {"1000SHIB_USDT_USDT-1h-futures.json.gz", "1000SHIB/USDT:USDT", "1h"},
         {"BTC_USDT_USDT-241227-1d-futures.json", "BTC/USDT:USDT-241227", "1d"},
         {"BTC_USDT-1Mo.json", "BTC/USDT", "1M"},
         {"BTC_USDT-1m.json", "BTC/USDT", "1m"}}) {
    temporary_file file{x.file, rows};
    auto reader = open_candle_file(file.path());
    auto candle = first_of(*reader);
    CHECK(candle.pair == x.pair);
    CHECK(candle.timeframe == x.timeframe);
  }
}

TEST_CASE("a name that says nothing sure is not guessed from",
          "[candle_files]") {
  for (std::string name :
       {"candles.json", "ETH-5m.json", "A_B_C_D-5m.json", "ETH_BTC-5.json",
        "BTC_USDT_USDT-8h-funding_rate.json", "BTC_USDT_USDT-1h-mark.json"}) {
    temporary_file file{name, rows};
    CHECK_THROWS_WITH(open_candle_file(file.path()),
                      Catch::Contains("--pair and --timeframe"));
  }
}

TEST_CASE("gzipped files are read as they are", "[candle_files]") {
  std::string many = "[";
  for (int i = 0; i < 200'000; ++i)
    many += (i ? "," : "") + std::string{"["}
            + std::to_string(1'515'560'100'000 + i * 300'000LL) + ",1,2,1,1.5,"
            + std::to_string(i) + "]";
  many += "]";
  temporary_file file{"ETH_BTC-5m.json.gz", ""};
  file.zip(many);
  auto reader = open_candle_file(file.path());
  int count = 0;
  double volume = 0;
  while (auto row = reader->next()) {
    if (count == 100'000)
      CHECK(std::abs(reader->progress().value_or(0) - 0.5) < 0.1);
    REQUIRE(std::holds_alternative<file_candle>(*row));
    volume = std::get<file_candle>(*row).bar.volume;
    ++count;
  }
  CHECK(count == 200'000);
  CHECK(volume == 199'999);
}

TEST_CASE("a gzipped file that was cut is not taken for a whole one",
          "[candle_files]") {
  std::string many = "pair,timeframe,time,open,high,low,close,volume\n";
  for (int i = 0; i < 50'000; ++i)
    many += "A/B,5m," + std::to_string(1'515'560'100'000 + i * 300'000LL)
            + ",1,2,1,1.5," + std::to_string(i * 7919 % 10'007) + "\n";
  temporary_file file{"x.csv.gz", ""};
  file.zip(many, 20'000);
  auto read_on = [&] {
    auto reader = open_candle_file(file.path());
    while (reader->next())
      ; // to the end
  };
  CHECK_THROWS_WITH(read_on(), Catch::Contains("cut"));
}

TEST_CASE("a bad JSON row is named by its number", "[candle_files]") {
  temporary_file file{"A_B-5m.json",
                      "[[1515560100000,1,2,1,null,1],[],[1515560100000,1,2],"
                      "[1515560100000,1,2,1,1.5,NaN],"
                      "[1515560100000,1,2,1,1.5,1]]"};
  auto reader = open_candle_file(file.path());
  for (std::uint64_t number = 1; number <= 4; ++number) {
    auto row = reader->next();
    REQUIRE(row);
    REQUIRE(std::holds_alternative<row_error>(*row));
    CHECK(std::get<row_error>(*row).line == number);
  }
  CHECK(first_of(*reader).line == 5);
  CHECK_FALSE(reader->next());
}

TEST_CASE("an empty array holds no candles", "[candle_files]") {
  temporary_file file{"A_B-5m.json", " [ ] \n"};
  CHECK_FALSE(open_candle_file(file.path())->next());
}
