#include "app/chart/picture_plot.hpp"

#include "app/chart/chart_page.hpp"
#include "app/chart/chart_scale.hpp"

#include <array>
#include <charconv>
#include <cmath>

namespace riskbreaker::app {

double picture_plot::x(core::unix_ms time) const {
  auto share = static_cast<double>((time - from).count())
               / static_cast<double>((to - from).count());
  return left + share * width + step / 2;
}

double picture_plot::y(double value) const {
  return bottom() - (value - low) / (high - low) * height;
}

void append_coordinate(std::string& out, double x) {
  std::array<char, 64> buffer;
  auto first = buffer.data();
  auto rounded = std::round(x * 10) / 10;
  auto done
    = std::to_chars(first, first + buffer.size(), rounded == 0 ? 0.0 : rounded,
                    std::chars_format::fixed);
  out.append(first, done.ptr);
}

void append_point(std::string& out, double x, double y, bool first) {
  out += first ? 'M' : 'L';
  append_coordinate(out, x);
  out += ' ';
  append_coordinate(out, y);
}

void append_path(std::string& out, std::string_view style,
                 const std::string& path) {
  if (!path.empty())
    out.append("<path class=\"")
      .append(style)
      .append("\" d=\"")
      .append(path)
      .append("\"/>\n");
}

void append_text(std::string& out, std::string_view style, double x, double y,
                 std::string_view text) {
  out.append("<text class=\"").append(style).append("\" x=\"");
  append_coordinate(out, x);
  out += "\" y=\"";
  append_coordinate(out, y);
  out.append("\">").append(markup_safe(text)).append("</text>\n");
}

void append_rectangle(std::string& out, std::string_view style, double x,
                      double y, double width, double height) {
  out.append("<rect class=\"").append(style).append("\" x=\"");
  append_coordinate(out, x);
  out += "\" y=\"";
  append_coordinate(out, y);
  out += "\" width=\"";
  append_coordinate(out, width);
  out += "\" height=\"";
  append_coordinate(out, height);
  out += "\"/>\n";
}

void append_times(std::string& out, const picture_plot& plot, bool named) {
  std::string grid;
  for (const auto& tick : time_ticks(plot.from, plot.to, 12)) {
    auto x = plot.x(tick.time);
    if (x > plot.right())
      continue;
    append_point(grid, x, plot.top, true);
    append_point(grid, x, plot.bottom(), false);
    if (named)
      append_text(out, "tick middle", x, plot.bottom() + 18, tick.label);
  }
  append_path(out, "grid", grid);
}

bool neighbours(const chart_series& x, std::size_t before, std::size_t after) {
  return x.frame.steps(x.rows[before].market.newest.time,
                       x.rows[after].market.newest.time)
         == 1;
}

} // namespace riskbreaker::app
