#pragma once

#include "core/market/candle.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace riskbreaker::tests {

/// One set of golden values: candles, and by name the column of each indicator.
/// A row that a daemon would refuse ends the set.
struct oracle {
  std::string name;
  std::vector<core::candle> candles;
  std::map<std::string, std::vector<std::optional<double>>> columns;
};

inline std::vector<std::string> split_csv(const std::string& line) {
  std::vector<std::string> result(1);
  for (auto c : line) {
    if (c == ',')
      result.emplace_back();
    else if (c != '\r')
      result.back() += c;
  }
  return result;
}

inline std::optional<double> read_cell(const std::string& cell) {
  if (cell.empty())
    return std::nullopt;
  return std::strtod(cell.c_str(), nullptr);
}

inline oracle read_oracle(const std::filesystem::path& file) {
  oracle result{file.filename().string(), {}, {}};
  std::ifstream in{file};
  std::string line;
  std::getline(in, line);
  auto header = split_csv(line);
  while (std::getline(in, line)) {
    auto cells = split_csv(line);
    core::candle bar;
    std::optional<double> prices[5];
    for (std::size_t i = 0; i < 5; ++i)
      prices[i] = read_cell(cells[2 + i]);
    for (std::size_t i = 0; i < 4; ++i)
      if (!prices[i] || !std::isfinite(*prices[i]) || *prices[i] <= 0)
        return result;
    bar.time = core::unix_ms{core::milliseconds{std::stoll(cells[1])}};
    bar.open = *prices[0];
    bar.high = *prices[1];
    bar.low = *prices[2];
    bar.close = *prices[3];
    bar.volume = prices[4].value_or(0);
    result.candles.push_back(bar);
    for (std::size_t i = 7; i < header.size(); ++i)
      result.columns[header[i]].push_back(read_cell(cells[i]));
  }
  return result;
}

/// All sets in `folder`, by name; none if it is not there.
inline std::vector<std::filesystem::path>
oracle_files(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> result;
  std::error_code none;
  for (auto& entry : std::filesystem::directory_iterator(folder, none))
    if (entry.path().string().ends_with(".expected.csv"))
      result.push_back(entry.path());
  std::sort(result.begin(), result.end());
  return result;
}

} // namespace riskbreaker::tests
