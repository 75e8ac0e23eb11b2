#include "app/chart/chart_page.hpp"
#include "app/chart/chart_scale.hpp"
#include "app/chart/picture_plot.hpp"

#include <array>

namespace riskbreaker::app {

namespace {

/// By `chart_verdict`.
constexpr std::array<const char*, chart_verdict_count> styles{
  "allow", "block", "unsure", "absent"};

std::string verdict_text(chart_verdict x, const core::gate_config& gate) {
  switch (x) {
    case chart_verdict::allow:
      return "allow";
    case chart_verdict::block_score:
      return "block: score over " + plain_number(gate.max_risk_score);
    case chart_verdict::block_confidence:
      return "block: confidence under " + plain_number(gate.min_confidence);
    case chart_verdict::not_available:
      return "not available (blocks)";
  }
  return {};
}

} // namespace

void append_score(std::string& out, const chart_series& x, const chart& all,
                  picture_plot plot) {
  plot.low = 0;
  plot.high = 100;
  std::string grid;
  for (auto value : {0.0, 25.0, 50.0, 75.0, 100.0}) {
    append_point(grid, plot.left, plot.y(value), true);
    append_point(grid, plot.right(), plot.y(value), false);
    append_text(out, "tick", plot.right() + 8, plot.y(value) + 4,
                plain_number(value));
  }
  append_path(out, "grid", grid);
  std::array<std::string, chart_verdict_count> paths;
  for (const auto& row : x.rows) {
    auto verdict = judge(row.score, all.gate);
    auto absent = verdict == chart_verdict::not_available;
    // Bars stand close together, but can be told apart where there is room.
    auto width = absent ? plot.step : plot.step * (plot.step < 3 ? 1 : 0.8);
    auto& path = paths[static_cast<std::size_t>(verdict)];
    auto left = plot.x(row.market.newest.time) - width / 2;
    auto top = plot.y(absent ? 100 : row.score.score);
    append_point(path, left, plot.bottom(), true);
    append_point(path, left, top, false);
    append_point(path, left + width, top, false);
    append_point(path, left + width, plot.bottom(), false);
    path += 'Z';
  }
  for (std::size_t i = 0; i < paths.size(); ++i)
    append_path(out, styles[i], paths[i]);
  auto y = plot.y(all.gate.max_risk_score);
  std::string gate;
  append_point(gate, plot.left, y, true);
  append_point(gate, plot.right(), y, false);
  append_path(out, "gate", gate);
  append_text(out, "gate-label", plot.left + 6, y - 5,
              "blocks over " + plain_number(all.gate.max_risk_score));
  append_rectangle(out, "frame", plot.left, plot.top, plot.width, plot.height);
}

void append_score_legend(std::string& out, const chart& all, double x,
                         double y) {
  append_text(out, "legend strong", x, y, "Risk score 0–100");
  x += 130;
  for (std::size_t i = 0; i < styles.size(); ++i) {
    auto text = verdict_text(static_cast<chart_verdict>(i), all.gate);
    append_rectangle(out, std::string{"swatch "} + styles[i], x, y - 10, 14,
                     11);
    append_text(out, "legend", x + 20, y, text);
    x += 20 + 6.7 * static_cast<double>(text.size()) + 22;
  }
}

std::string bar_text(const chart_row& row) {
  const auto& bar = row.market.newest;
  return minute_text(bar.time) + " UTC  open " + plain_number(bar.open)
         + "  high " + plain_number(bar.high) + "  low " + plain_number(bar.low)
         + "  close " + plain_number(bar.close) + "  volume "
         + plain_number(bar.volume);
}

std::string score_text(const chart_row& row, const chart& all) {
  auto verdict = judge(row.score, all.gate);
  if (verdict == chart_verdict::not_available)
    return "score not available, which blocks";
  return "score " + plain_number(row.score.score) + "  confidence "
         + plain_number(row.score.confidence) + "  "
         + verdict_text(verdict, all.gate);
}

std::string reasons_text(const chart_row& row, const chart& all,
                         std::string_view separator, std::size_t from,
                         std::size_t to) {
  std::string out;
  for (auto i = from; i < to; ++i) {
    const auto& factor = row.score.factors[i];
    if (i > from)
      out += separator;
    core::append_reason(out, factor, all.scoring);
    out += " (weight " + plain_number(factor.weight) + ")";
  }
  return out;
}

void append_tips(std::string& out, const chart_series& x, const chart& all,
                 const picture_plot& plot) {
  out += "<g class=\"tips\">\n";
  for (const auto& row : x.rows) {
    out += "<rect x=\"";
    append_coordinate(out, plot.x(row.market.newest.time) - plot.step / 2);
    out += "\" y=\"";
    append_coordinate(out, plot.top);
    out += "\" width=\"";
    append_coordinate(out, plot.step);
    out += "\" height=\"";
    append_coordinate(out, plot.height);
    out += "\"><title>";
    out += markup_safe(bar_text(row) + '\n' + score_text(row, all) + '\n'
                       + reasons_text(row, all, "\n", 0, core::factor_count));
    out += "</title></rect>\n";
  }
  out += "</g>\n";
}

} // namespace riskbreaker::app
