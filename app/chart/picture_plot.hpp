#pragma once

#include "app/chart/chart.hpp"

#include <string>
#include <string_view>

namespace riskbreaker::app {

/// A rectangle of the picture and what its edges stand for.
struct picture_plot {
  double left = 0, top = 0, width = 0, height = 0;
  core::unix_ms from, to;   ///< times at the left and the right edge
  double low = 0, high = 1; ///< values at the lower and the upper edge
  double step = 1;          ///< the width of a candle's place

  double x(core::unix_ms time) const; ///< the middle of the candle's place
  double y(double value) const;
  double right() const {
    return left + width;
  }
  double bottom() const {
    return top + height;
  }
};

/// Appends a coordinate with the tenths that can be seen.
void append_coordinate(std::string& out, double x);

/// Appends "M12.5 7" or, after a first point, "L13 8".
void append_point(std::string& out, double x, double y, bool first);

/// `<tag class="…" d="…"/>`, unless the path is empty.
void append_path(std::string& out, std::string_view style,
                 const std::string& path);

/// A line of text; `text` is escaped here.
void append_text(std::string& out, std::string_view style, double x, double y,
                 std::string_view text);

/// A rectangle of that style.
void append_rectangle(std::string& out, std::string_view style, double x,
                      double y, double width, double height);

/// Grid lines at round times, and their names below if `named`.
void append_times(std::string& out, const picture_plot& plot, bool named);

/// Whether `after` is the candle next to `before`, so that a line may join
/// them.
bool neighbours(const chart_series& x, std::size_t before, std::size_t after);

/// Candles, cloud, bands, support and resistance, and volume.
void append_price(std::string& out, const chart_series& x, picture_plot plot);

/// The scores, coloured by verdict, and the gate's line.
void append_score(std::string& out, const chart_series& x, const chart& all,
                  picture_plot plot);

/// What is said of each candle when the pointer rests on it.
void append_tips(std::string& out, const chart_series& x, const chart& all,
                 const picture_plot& plot);

/// The names of what is drawn, in lines from (x, y) on.
void append_price_legend(std::string& out, double x, double y);
void append_score_legend(std::string& out, const chart& all, double x,
                         double y);

/// Lines about one candle.
std::string bar_text(const chart_row& row);
std::string score_text(const chart_row& row, const chart& all);
/// Of the factors [from, to).
std::string reasons_text(const chart_row& row, const chart& all,
                         std::string_view separator, std::size_t from,
                         std::size_t to);

} // namespace riskbreaker::app
