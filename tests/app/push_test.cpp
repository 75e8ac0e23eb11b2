#include "app/push.hpp"
#include "tests/app/command_fixture.hpp"
#include "tests/app/temporary_file.hpp"
#include "tests/support/catch.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <future>
#include <string>
#include <unistd.h>
#include <vector>

using namespace riskbreaker;
using namespace riskbreaker::app;
using nlohmann::json;
using std::chrono::steady_clock;
using tests::temporary_file;

namespace {

struct fixture : tests::command_fixture {
  fixture() : command_fixture(zmq::socket_type::pull) {
    // nop
  }

  /// Runs `push` beside this thread, which takes `frames` messages.
  std::vector<std::string> push(push_options options, std::size_t frames,
                                int expected_code = 0) {
    options.connect = address;
    auto code = std::async(std::launch::async,
                           [&] { return run_push(options, con()); });
    std::vector<std::string> got;
    while (got.size() < frames) {
      got.push_back(receive());
      if (got.back().empty())
        break;
    }
    CHECK(code.get() == expected_code);
    return got;
  }

  /// Makes `text` the command's standard input.
  void type(const std::string& text) {
    std::array<int, 2> ends{};
    REQUIRE(pipe(ends.data()) == 0);
    REQUIRE(write(ends[1], text.data(), text.size())
            == static_cast<ssize_t>(text.size()));
    close(ends[1]);
    in = ends[0];
  }
};

std::string csv(int n) {
  std::string text = "pair,timeframe,open_time_ms,open,high,low,close,volume\n";
  for (int i = 0; i < n; ++i)
    text += "A/B,5m," + std::to_string(1'515'560'100'000 + i * 300'000LL)
            + ",1,2,0.5,0.00005330000000000001,3\n";
  return text;
}

push_options options_for(const temporary_file& file) {
  push_options options;
  options.files = {file.path()};
  return options;
}

} // namespace

TEST_CASE_METHOD(fixture, "push: candles of a file arrive in order and whole",
                 "[push]") {
  temporary_file file{"a.csv", csv(3'000)};
  auto frames = push(options_for(file), 3'000);
  REQUIRE(frames.size() == 3'000);
  for (std::size_t i = 0; i < frames.size(); ++i) {
    auto x = json::parse(frames[i]);
    REQUIRE(x["time"]
            == 1'515'560'100'000 + static_cast<std::int64_t>(i) * 300'000);
    REQUIRE(x["close"] == 0.00005330000000000001);
  }
  CHECK(out.str() == "sent 3,000 candles\n");
  CHECK(err.str().empty());
}

TEST_CASE_METHOD(fixture, "push: history goes first, then blocks", "[push]") {
  temporary_file file{"a.csv", csv(10)};
  auto options = options_for(file);
  options.history = 4;
  options.block = 4;
  auto frames = push(options, 3);
  CHECK(json::parse(frames[0])["history"] == true);
  CHECK(json::parse(frames[0])["candles"].size() == 4);
  CHECK(json::parse(frames[1])["history"] == false);
  CHECK(json::parse(frames[1])["candles"].size() == 4);
  CHECK(json::parse(frames[2])["candles"].size() == 2);
}

TEST_CASE_METHOD(fixture, "push: bad rows are named and left out", "[push]") {
  temporary_file file{"a.csv", csv(1) + "A/B,5m,1,1,1,1,1,1\n" + csv(0)
                                 + "A/B,5m,1515560700000,1,2,0.5,1,3\n"};
  auto frames = push(options_for(file), 2);
  CHECK(json::parse(frames[1])["time"] == 1'515'560'700'000);
  CHECK_THAT(err.str(), Catch::Contains("riskbreaker push: ")
                          && Catch::Contains("a.csv:3: ")
                          && Catch::Contains("a.csv:4: "));
  CHECK_THAT(out.str(), Catch::Contains("left out 2 bad rows"));
}

TEST_CASE_METHOD(fixture, "push: many bad rows do not flood the screen",
                 "[push]") {
  std::string text = csv(1);
  for (int i = 0; i < 1'000; ++i)
    text += "A/B,5m,1515560400000,x,2,1,1,1\n";
  temporary_file file{"a.csv", text};
  push(options_for(file), 1);
  auto said = err.str();
  CHECK(std::count(said.begin(), said.end(), '\n') == 11);
  CHECK_THAT(said, Catch::Contains("990 more"));
}

TEST_CASE_METHOD(fixture, "push: a file of nothing but bad rows is a failure",
                 "[push]") {
  temporary_file file{"a.csv", csv(0) + "A/B,5m,1,1,1,1,1,1\n"};
  push(options_for(file), 0, 1);
}

TEST_CASE_METHOD(fixture, "push: lines of standard input go as they are",
                 "[push]") {
  type(
    "{\"pair\":\"A/B\",  \"open\": 1.50}\r\n\n [1,2]\nnot json\n{\"last\":1}");
  push_options options;
  options.files = {"-"};
  auto frames = push(options, 3);
  CHECK(frames[0] == "{\"pair\":\"A/B\",  \"open\": 1.50}\r");
  CHECK(frames[1] == " [1,2]");
  CHECK(frames[2] == "{\"last\":1}");
  CHECK_THAT(err.str(), Catch::Contains("-:4: is no JSON"));
}

TEST_CASE_METHOD(fixture, "push: keeps to the rate", "[push]") {
  temporary_file file{"a.csv", csv(11)};
  auto options = options_for(file);
  options.rate = 50;
  auto start = steady_clock::now();
  push(options, 11);
  // Ten gaps of 20 ms; the upper bound is for a busy machine.
  CHECK(steady_clock::now() - start >= std::chrono::milliseconds{190});
}

TEST_CASE_METHOD(fixture, "push: where nobody listens it says so and fails",
                 "[push]") {
  temporary_file file{"a.csv", csv(1)};
  auto options = options_for(file);
  options.connect = nobody();
  options.timeout = 0.2;
  CHECK(run_push(options, con()) == 1);
  CHECK_THAT(err.str(),
             Catch::Contains("nobody takes candles at " + options.connect)
               && Catch::Contains("0.2 s")
               && Catch::Contains("riskbreaker serve"));
  auto said = err.str();
  CHECK(std::count(said.begin(), said.end(), '\n') == 1);
}

TEST_CASE_METHOD(fixture, "push: a daemon that stops taking is given up",
                 "[push]") {
  temporary_file file{"a.csv", csv(200'000)};
  auto options = options_for(file);
  options.connect = address;
  options.timeout = 0.3;
  CHECK(run_push(options, con()) == 1); // nobody reads the socket here
  CHECK_THAT(err.str(), Catch::Contains("took nothing for 0.3 s"));
}

TEST_CASE_METHOD(fixture, "push: wrong use is told apart from failure",
                 "[push]") {
  push_options options;
  options.files = {"-", "a.csv"};
  CHECK(run_push(options, con()) == 2);
  options.files = {"a.csv"};
  options.connect = "nonsense";
  CHECK(run_push(options, con()) == 2);
  CHECK_THAT(err.str(), Catch::Contains("nonsense"));
  options.connect = address;
  options.files = {"missing.csv"};
  CHECK(run_push(options, con()) == 1);
  CHECK_THAT(err.str(), Catch::Contains("missing.csv: cannot be opened"));
}
