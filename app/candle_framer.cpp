#include "app/candle_framer.hpp"

#include "transport/json_writer.hpp"

#include <initializer_list>

namespace riskbreaker::app {

namespace {

constexpr std::uint64_t history_block = 1'000;

std::int64_t ms_of(const core::candle& x) {
  return x.time.time_since_epoch().count();
}

std::string one_candle(std::string_view pair, std::string_view timeframe,
                       const core::candle& bar) {
  transport::json_writer out{192};
  out.begin_object()
    .member("pair", pair)
    .member("timeframe", timeframe)
    .member("time", ms_of(bar))
    .member("open", bar.open)
    .member("high", bar.high)
    .member("low", bar.low)
    .member("close", bar.close)
    .member("volume", bar.volume)
    .end_object();
  return out.take();
}

void append_row(std::string& rows, const core::candle& bar) {
  rows += rows.empty() ? "[" : ",[";
  rows += std::to_string(ms_of(bar));
  for (auto x : {bar.open, bar.high, bar.low, bar.close, bar.volume}) {
    rows += ',';
    transport::append_json_number(rows, x);
  }
  rows += ']';
}

} // namespace

candle_frame candle_framer::take(const key& name, pending& x) {
  transport::json_writer out{x.rows.size() + 128};
  out.begin_object()
    .member("pair", name.first)
    .member("timeframe", name.second)
    .key("candles")
    .begin_array();
  out.raw(x.rows).end_array().member("history", x.history).end_object();
  x.rows.clear();
  return {out.take(), std::exchange(x.count, 0), x.history};
}

candle_framer::pending& candle_framer::series_of(std::string_view pair,
                                                 std::string_view timeframe) {
  if (last_ && last_key_.first == pair && last_key_.second == timeframe)
    return *last_;
  last_key_ = {std::string{pair}, std::string{timeframe}};
  auto [at, fresh] = series_.try_emplace(last_key_);
  if (fresh)
    at->second.history_left = config_.history;
  last_ = &at->second;
  return *last_;
}

std::optional<candle_frame> candle_framer::add(std::string_view pair,
                                               std::string_view timeframe,
                                               const core::candle& bar) {
  auto& x = series_of(pair, timeframe);
  bool history = x.history_left > 0;
  if (!history && config_.block == 0)
    return candle_frame{one_candle(pair, timeframe, bar), 1, false};
  x.history = history;
  append_row(x.rows, bar);
  ++x.count;
  bool full = false;
  if (history) {
    --x.history_left;
    full = x.history_left == 0 || x.count >= history_block;
  } else {
    full = x.count >= config_.block;
  }
  return full ? std::optional{take(last_key_, x)} : std::nullopt;
}

std::vector<candle_frame> candle_framer::flush() {
  std::vector<candle_frame> frames;
  for (auto& [name, x] : series_)
    if (x.count > 0)
      frames.push_back(take(name, x));
  return frames;
}

} // namespace riskbreaker::app
