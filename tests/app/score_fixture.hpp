#pragma once

#include "app/score.hpp"
#include "core/market/candle.hpp"
#include "tests/app/temporary_file.hpp"
#include "tests/core/market/walks.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <sstream>
#include <stdexcept>
#include <string>
#include <unistd.h>
#include <vector>

namespace riskbreaker::tests {

/// Runs `score` in this process and keeps what it says.
struct score_fixture {
  ~score_fixture() {
    if (in >= 0)
      close(in);
  }

  int run() {
    out.str({});
    err.str({});
    return app::run_score(options, {out, err, false, terminal, false, in});
  }

  int run(const temporary_file& file) {
    options.files = {file.path()};
    return run();
  }

  /// Makes `text` the standard input; at most what a pipe holds.
  void type(const std::string& text) {
    std::array<int, 2> ends{};
    if (pipe(ends.data()) != 0)
      throw std::runtime_error{"no pipe"};
    if (write(ends[1], text.data(), text.size())
        != static_cast<ssize_t>(text.size()))
      throw std::runtime_error{"the pipe is too small"};
    close(ends[1]);
    if (in >= 0)
      close(in);
    in = ends[0];
    options.files = {"-"};
  }

  /// What came out, line by line.
  std::vector<std::string> lines() const {
    std::vector<std::string> result;
    std::istringstream text{out.str()};
    for (std::string line; std::getline(text, line);)
      result.push_back(line);
    return result;
  }

  /// What came out as NDJSON.
  std::vector<nlohmann::json> objects() const {
    std::vector<nlohmann::json> result;
    for (const auto& line : lines())
      result.push_back(nlohmann::json::parse(line));
    return result;
  }

  app::score_options options;
  std::ostringstream out;
  std::ostringstream err;
  bool terminal = false;
  int in = -1;
};

inline const std::string csv_header
  = "pair,timeframe,open_time_ms,open,high,low,close,volume\n";

inline std::int64_t ms_of(core::unix_ms x) {
  return x.time_since_epoch().count();
}

inline std::string csv_row(const core::candle& x,
                           const std::string& pair = "BTC/USDT",
                           const std::string& timeframe = "5m") {
  nlohmann::json row{ms_of(x.time), x.open, x.high, x.low, x.close, x.volume};
  auto numbers = row.dump();
  return pair + ',' + timeframe + ',' + numbers.substr(1, numbers.size() - 2)
         + '\n';
}

inline std::string csv_rows(const std::vector<core::candle>& bars,
                            const std::string& pair = "BTC/USDT",
                            const std::string& timeframe = "5m") {
  std::string result;
  for (const auto& x : bars)
    result += csv_row(x, pair, timeframe);
  return result;
}

} // namespace riskbreaker::tests
