#include "app/chart/chart_scale.hpp"
#include "app/chart/picture_plot.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace riskbreaker::app {

namespace {

using core::market_view;
using line_field = std::optional<double> market_view::*;

struct line {
  line_field field;
  const char* style;
};

constexpr std::array<line, 9> lines{{
  {&market_view::bb_upper, "line bands"},
  {&market_view::bb_middle, "line bands middle-band"},
  {&market_view::bb_lower, "line bands"},
  {&market_view::senkou_a, "line senkou-a"},
  {&market_view::senkou_b, "line senkou-b"},
  {&market_view::tenkan, "line tenkan"},
  {&market_view::kijun, "line kijun"},
  {&market_view::support, "line support"},
  {&market_view::resistance, "line resistance"},
}};

/// What has grown beyond all numbers is no value, as in the rows.
std::optional<double> value_of(const chart_row& row, line_field field) {
  auto value = row.market.*field;
  return value && std::isfinite(*value) ? value : std::nullopt;
}

void fit_values(picture_plot& plot, const chart_series& x) {
  auto low = std::numeric_limits<double>::infinity();
  auto high = -low;
  auto take = [&](double value) {
    low = std::min(low, value);
    high = std::max(high, value);
  };
  for (const auto& row : x.rows) {
    take(row.market.newest.low);
    take(row.market.newest.high);
    for (const auto& line : lines)
      if (auto value = value_of(row, line.field))
        take(*value);
  }
  auto margin = high > low ? (high - low) * 0.04 : high * 0.01;
  plot.low = low - margin;
  plot.high = high + margin;
}

/// Interrupted where there is no value or no candle. A value on its own is as
/// wide as its candle.
void append_line(std::string& out, const chart_series& x,
                 const picture_plot& plot, const line& what) {
  std::string path;
  auto value_at = [&](std::size_t i) {
    return value_of(x.rows[i], what.field);
  };
  for (std::size_t i = 0; i < x.rows.size(); ++i) {
    auto value = value_at(i);
    if (!value)
      continue;
    auto joins = [&](std::size_t a, std::size_t b) {
      return value_at(a) && value_at(b) && neighbours(x, a, b);
    };
    auto before = i > 0 && joins(i - 1, i);
    auto after = i + 1 < x.rows.size() && joins(i, i + 1);
    auto at = plot.x(x.rows[i].market.newest.time);
    auto y = plot.y(*value);
    if (before || after) {
      append_point(path, at, y, !before);
    } else {
      append_point(path, at - plot.step / 2, y, true);
      append_point(path, at + plot.step / 2, y, false);
    }
  }
  append_path(out, what.style, path);
}

/// The cloud between two neighbours: one piece, or two where the spans cross.
void append_cloud_piece(std::array<std::string, 2>& paths, double x0, double a0,
                        double b0, double x1, double a1, double b1) {
  auto piece = [&paths](bool bearish, std::array<double, 8> at) {
    auto& path = paths[bearish ? 1 : 0];
    for (std::size_t i = 0; i < at.size(); i += 2)
      append_point(path, at[i], at[i + 1], i == 0);
    path += 'Z';
  };
  // y grows downwards: a bearish cloud has A below B.
  auto first = a0 - b0;
  auto second = a1 - b1;
  if (first * second >= 0) {
    piece(first + second > 0, {x0, a0, x1, a1, x1, b1, x0, b0});
    return;
  }
  auto share = first / (first - second);
  auto x = x0 + share * (x1 - x0);
  auto y = a0 + share * (a1 - a0);
  piece(first > 0, {x0, a0, x, y, x, y, x0, b0});
  piece(second > 0, {x, y, x1, a1, x1, b1, x, y});
}

void append_cloud(std::string& out, const chart_series& x,
                  const picture_plot& plot) {
  std::array<std::string, 2> paths;
  for (std::size_t i = 1; i < x.rows.size(); ++i) {
    const auto& before = x.rows[i - 1].market;
    const auto& here = x.rows[i].market;
    if (before.senkou_a && before.senkou_b && here.senkou_a && here.senkou_b
        && neighbours(x, i - 1, i))
      append_cloud_piece(paths, plot.x(before.newest.time),
                         plot.y(*before.senkou_a), plot.y(*before.senkou_b),
                         plot.x(here.newest.time), plot.y(*here.senkou_a),
                         plot.y(*here.senkou_b));
  }
  append_path(out, "cloud bullish", paths[0]);
  append_path(out, "cloud bearish", paths[1]);
  append_path(out, "hatch-bearish", paths[1]);
}

void append_box(std::string& path, double x, double top, double width,
                double height) {
  append_point(path, x, top, true);
  path += 'h';
  append_coordinate(path, width);
  path += 'v';
  append_coordinate(path, height);
  path += 'h';
  append_coordinate(path, -width);
  path += 'Z';
}

/// Rising candles are hollow, falling ones filled: not by colour alone.
void append_candles(std::string& out, const chart_series& x,
                    const picture_plot& plot) {
  std::array<std::string, 2> wicks, bodies;
  auto width = std::max(0.6, plot.step * 0.7);
  for (const auto& row : x.rows) {
    const auto& bar = row.market.newest;
    auto kind = bar.close >= bar.open ? 0u : 1u;
    auto at = plot.x(bar.time);
    auto top = plot.y(std::max(bar.open, bar.close));
    auto bottom = plot.y(std::min(bar.open, bar.close));
    auto& wick = wicks[kind];
    append_point(wick, at, plot.y(bar.high), true);
    append_point(wick, at, top, false);
    append_point(wick, at, bottom, true);
    append_point(wick, at, plot.y(bar.low), false);
    append_box(bodies[kind], at - width / 2, top, width,
               std::max(bottom - top, 0.1));
  }
  append_path(out, "wick rising", wicks[0]);
  append_path(out, "wick falling", wicks[1]);
  append_path(out, width < 3 ? "body rising-thin" : "body rising", bodies[0]);
  append_path(out, "body falling-body", bodies[1]);
}

void append_volume(std::string& out, const chart_series& x,
                   const picture_plot& plot) {
  double most = 0;
  for (const auto& row : x.rows)
    most = std::max(most, row.market.newest.volume);
  std::string path;
  for (const auto& row : x.rows) {
    const auto& bar = row.market.newest;
    auto height = most > 0 ? bar.volume / most * plot.height * 0.16 : 0.0;
    if (height > 0)
      append_box(path, plot.x(bar.time) - plot.step * 0.35,
                 plot.bottom() - height, plot.step * 0.7, height);
  }
  append_path(out, "volume", path);
}

} // namespace

void append_price(std::string& out, const chart_series& x, picture_plot plot) {
  fit_values(plot, x);
  std::string grid;
  for (const auto& tick : value_ticks(plot.low, plot.high, 10)) {
    auto y = plot.y(tick.value);
    append_point(grid, plot.left, y, true);
    append_point(grid, plot.right(), y, false);
    append_text(out, "tick", plot.right() + 8, y + 4, tick.label);
  }
  append_path(out, "grid", grid);
  append_volume(out, x, plot);
  append_cloud(out, x, plot);
  for (const auto& line : lines)
    append_line(out, x, plot, line);
  append_candles(out, x, plot);
  append_rectangle(out, "frame", plot.left, plot.top, plot.width, plot.height);
}

} // namespace riskbreaker::app
