#include "app/candle_files.hpp"
#include "tests/app/temporary_file.hpp"
#include "tests/support/catch.hpp"

#include <filesystem>
#include <fstream>
#include <string>

using namespace riskbreaker;
using namespace riskbreaker::app;
using tests::temporary_file;

namespace {

constexpr auto header
  = "pair,timeframe,open_time_ms,open,high,low,close,volume\n";

std::string row(int close) {
  return "A/B,5m,1515560100000,1,9,0.5," + std::to_string(close) + ",3\n";
}

struct fixture {
  fixture() : file("c.csv", "") {
    // nop
  }

  void append(const std::string& text) {
    std::ofstream{file.path(), std::ios::binary | std::ios::app} << text;
  }

  void write(const std::string& text) {
    std::ofstream{file.path(), std::ios::binary} << text;
  }

  /// Closes of the rows that are there by now; -1 for a bad one.
  std::vector<int> closes() {
    std::vector<int> out;
    while (auto x = rows->next()) {
      auto candle = std::get_if<file_candle>(&*x);
      out.push_back(candle ? static_cast<int>(candle->bar.close) : -1);
    }
    return out;
  }

  temporary_file file;
  std::unique_ptr<growing_candle_file> rows
    = open_growing_candle_file(file.path());
};

} // namespace

TEST_CASE_METHOD(fixture,
                 "rows of a growing file come once their line is whole",
                 "[follow]") {
  CHECK(closes().empty());
  append("pair,timeframe,open_time_ms,op");
  CHECK(closes().empty());
  append("en,high,low,close,volume\n");
  CHECK(closes().empty());
  append(row(1) + row(2));
  CHECK(closes() == std::vector{1, 2});
  auto third = row(3);
  append(third.substr(0, 20));
  CHECK(closes().empty());
  CHECK(closes().empty());
  append(third.substr(20));
  CHECK(closes() == std::vector{3});
  append("nonsense\n" + row(4));
  CHECK(closes() == std::vector{-1, 4});
  CHECK(rows->restarts() == 0);
}

TEST_CASE_METHOD(fixture, "a long growing file is read across its buffer",
                 "[follow]") {
  std::string text = header;
  for (int i = 0; i < 5'000; ++i)
    text += row(i % 9 + 1);
  append(text.substr(0, 100'001));
  auto got = closes().size();
  append(text.substr(100'001));
  got += closes().size();
  CHECK(got == 5'000);
}

TEST_CASE_METHOD(fixture, "a file that became shorter is read anew",
                 "[follow]") {
  write(header + row(1) + row(2));
  CHECK(closes() == std::vector{1, 2});
  write(header + row(3));
  CHECK(closes().empty());
  CHECK(rows->restarts() == 1);
  CHECK(closes() == std::vector{3});
}

TEST_CASE_METHOD(fixture,
                 "a file that was replaced is read anew, after its old "
                 "rows",
                 "[follow]") {
  write(header + row(1));
  CHECK(closes() == std::vector{1});
  append(row(2));
  auto other = file.path() + ".new";
  std::ofstream{other} << header << row(3) << row(4) << row(5);
  std::filesystem::rename(other, file.path());
  CHECK(closes() == std::vector{2});
  CHECK(rows->restarts() == 1);
  CHECK(closes() == std::vector{3, 4, 5});
}

TEST_CASE_METHOD(fixture, "a file that is gone for a moment is waited for",
                 "[follow]") {
  write(header + row(1));
  CHECK(closes() == std::vector{1});
  std::filesystem::remove(file.path());
  CHECK(closes().empty());
  write(header + row(2));
  closes();
  CHECK(closes() == std::vector{2});
}

TEST_CASE_METHOD(fixture, "what cannot grow by lines is refused", "[follow]") {
  write("[[1515560100000,1,2,1,2,3]]\n");
  CHECK_THROWS_WITH(rows->next(), Catch::Contains("--follow reads CSV"));
  auto objects = open_growing_candle_file(file.path());
  write("{\"pair\":\"A/B\"}\n");
  CHECK_THROWS_WITH(objects->next(), Catch::Contains("riskbreaker push -"));
  CHECK_THROWS_AS(open_growing_candle_file("/", {})->next(), candle_file_error);
}
