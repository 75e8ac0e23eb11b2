#include "app/demo_market.hpp"

#include "app/candle_files.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <random>
#include <utility>

namespace riskbreaker::app {

namespace {

using namespace std::chrono_literals;

struct pair_start {
  const char* name;
  double price;
  double tick; ///< prices are multiples of it
};

constexpr pair_start pairs[] = {{"BTC/USDT", 65'000, 0.1},
                                {"ETH/USDT", 3'200, 0.01},
                                {"SOL/USDT", 150, 0.001},
                                {"SHIB/USDT", 2.5e-5, 1e-9}};

double on_tick(double price, double tick) {
  return std::max(tick, std::round(price / tick) * tick);
}

} // namespace

std::vector<demo_series> make_demo_market(std::size_t count, core::unix_ms now,
                                          std::uint64_t seed,
                                          core::timeframe frame) {
  auto length = frame.length();
  auto newest = core::unix_ms{(now.time_since_epoch() / length - 1) * length};
  std::vector<demo_series> out;
  for (const auto& start : pairs) {
    std::mt19937_64 random{seed + out.size()};
    std::normal_distribution<double> normal;
    demo_series series{start.name, std::string{frame.name()}, {}};
    auto close = start.price;
    for (std::size_t i = 0; i < count; ++i) {
      // Calm and storm take turns, so that the scores move.
      auto storm = 1.0 + 2.5 * std::max(0.0, std::sin(double(i) / 17.0));
      auto sigma = 0.0012 * storm;
      core::candle x;
      x.time = frame.advance(newest, -static_cast<std::int64_t>(count - 1 - i));
      x.open = on_tick(close, start.tick);
      close *= std::exp(sigma * normal(random));
      x.close = on_tick(close, start.tick);
      auto wick = [&] {
        return std::abs(normal(random)) * sigma / 2;
      };
      x.high = std::max(
        {x.open, x.close,
         on_tick(std::max(x.open, x.close) * (1 + wick()), start.tick)});
      x.low = std::min(
        {x.open, x.close,
         on_tick(std::min(x.open, x.close) * (1 - wick()), start.tick)});
      x.volume = std::round(1e4 * storm * (1 + std::abs(normal(random)))) / 10;
      series.candles.push_back(x);
    }
    out.push_back(std::move(series));
  }
  return out;
}

std::vector<demo_series>
read_demo_market(const std::vector<std::string>& files) {
  /// Enough to fill the indicators, to break the LLM and to mend it.
  constexpr std::size_t enough = 150;
  /// The newest are kept: more would only make the demonstration longer.
  constexpr std::size_t most = 600;
  std::map<std::pair<std::string, std::string>, demo_series> by_key;
  for (const auto& path : files) {
    auto file = open_candle_file(path);
    while (auto row = file->next()) {
      const auto* x = std::get_if<file_candle>(&*row);
      if (!x)
        continue;
      std::pair key{std::string{x->pair}, std::string{x->timeframe}};
      auto& series = by_key[key];
      series.pair = key.first;
      series.timeframe = key.second;
      series.candles.push_back(x->bar);
    }
  }
  std::vector<demo_series> out;
  for (auto& [key, series] : by_key) {
    auto& all = series.candles;
    if (all.size() < enough)
      throw candle_file_error{
        key.first + " " + key.second + ": " + std::to_string(all.size())
        + " candles are too few for the demo; give at least "
        + std::to_string(enough)};
    if (all.size() > most)
      all.erase(all.begin(), all.end() - static_cast<long>(most));
    out.push_back(std::move(series));
  }
  if (out.empty())
    throw candle_file_error{"the files hold no candle at all"};
  return out;
}

} // namespace riskbreaker::app
