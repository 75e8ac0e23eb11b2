#include "app/assets.hpp"
#include "app/chart/chart_page.hpp"
#include "app/chart/chart_scale.hpp"
#include "app/chart/picture_plot.hpp"
#include "app/console.hpp"
#include "app/version.hpp"

#include <algorithm>

namespace riskbreaker::app {

namespace {

constexpr double width = 1'400;
constexpr double margin = 20;
constexpr double price_height = 420;
constexpr double score_height = 130;
constexpr double block_height = 749;
constexpr double footer_height = 34;
/// With more candles a tip would be thinner than a pointer is exact.
constexpr std::size_t max_tips = 700;

/// Room for the labels at the right: prices of 1e-8 are long.
double labels_width(const chart_series& x) {
  auto low = x.rows.front().market.newest.low;
  auto high = low;
  for (const auto& row : x.rows) {
    low = std::min(low, row.market.newest.low);
    high = std::max(high, row.market.newest.high);
  }
  std::size_t longest = 5;
  for (const auto& tick : value_ticks(low, high, 10))
    longest = std::max(longest, tick.label.size());
  return 18 + 7.2 * static_cast<double>(longest);
}

std::string headline(const chart_series& x) {
  const auto& rows = x.rows;
  auto text = minute_text(rows.front().market.newest.time) + " to "
              + minute_text(rows.back().market.newest.time) + " UTC, "
              + grouped(rows.size())
              + (rows.size() == 1 ? " candle" : " candles");
  if (rows.size() < x.scored)
    text += " (the newest of " + grouped(x.scored) + ")";
  return text;
}

void append_block(std::string& out, const chart_series& x, const chart& all,
                  double top) {
  append_text(out, "pair", margin, top + 34,
              terminal_safe(x.pair) + "  " + std::string{x.frame.name()});
  append_text(out, "range end", width - margin, top + 34, headline(x));
  const auto& newest = x.rows.back();
  append_text(out, "detail", margin, top + 58,
              "Newest: " + bar_text(newest) + "  " + score_text(newest, all));
  // Side by side two of them always have room.
  append_text(out, "detail dim", margin, top + 77,
              reasons_text(newest, all, "  ·  ", 0, 2));
  append_text(out, "detail dim", margin, top + 95,
              reasons_text(newest, all, "  ·  ", 2, core::factor_count));
  append_price_legend(out, margin, top + 122);

  picture_plot plot;
  plot.left = margin;
  plot.width = width - margin - labels_width(x);
  plot.from = x.rows.front().market.newest.time;
  plot.to = x.frame.close_of(x.rows.back().market.newest.time);
  plot.step
    = std::max(0.3, plot.width * static_cast<double>(x.frame.length().count())
                      / static_cast<double>((plot.to - plot.from).count()));
  auto price = plot;
  price.top = top + 133;
  price.height = price_height;
  auto score = plot;
  score.top = price.bottom() + 34;
  score.height = score_height;
  append_times(out, price, false);
  append_times(out, score, true);
  append_price(out, x, price);
  append_score_legend(out, all, margin, score.top - 10);
  append_score(out, x, all, score);
  if (x.rows.size() <= max_tips) {
    auto whole = plot;
    whole.top = price.top;
    whole.height = score.bottom() - price.top;
    append_tips(out, x, all, whole);
  }
}

std::string footer(const chart& x) {
  auto text = std::string{"riskbreaker "} + version() + "  ·  profile "
              + core::to_string(x.scoring.profile) + ", "
              + core::to_string(x.scoring.side);
  if (!x.strategy.empty())
    text += "  ·  strategy " + x.strategy;
  text += "  ·  gate: score up to " + plain_number(x.gate.max_risk_score)
          + ", confidence from " + plain_number(x.gate.min_confidence)
          + "  ·  times are the candles' opening, UTC";
  auto rest = left_out_text(x);
  return rest.empty() ? text : text + "  ·  " + rest;
}

} // namespace

void append_price_legend(std::string& out, double x, double y) {
  struct item {
    const char* sample; ///< 26 wide, on a line at y − 4
    const char* text;
    double width;
  };
  // Positions are relative, so that each sample is written once.
  static constexpr item items[] = {
    {"<path class=\"body rising\" d=\"M8 -10h10v11h-10Z\"/>", "rising", 36},
    {"<path class=\"body falling-body\" d=\"M8 -10h10v11h-10Z\"/>", "falling",
     42},
    {"<path class=\"line bands\" d=\"M0 -8H26M0 0H26\"/><path class=\"line "
     "bands middle-band\" d=\"M0 -4H26\"/>",
     "Bollinger 20, 2", 92},
    {"<path class=\"cloud bullish\" d=\"M0 -10h26v11h-26Z\"/><path "
     "class=\"line senkou-a\" d=\"M0 -10H26\"/>",
     "cloud, A over B", 96},
    {"<path class=\"cloud bearish\" d=\"M0 -10h26v11h-26Z\"/><path "
     "class=\"hatch-bearish\" d=\"M0 -10h26v11h-26Z\"/><path class=\"line "
     "senkou-b\" d=\"M0 -10H26\"/>",
     "cloud, B over A", 96},
    {"<path class=\"line tenkan\" d=\"M0 -4H26\"/>", "tenkan 9", 52},
    {"<path class=\"line kijun\" d=\"M0 -4H26\"/>", "kijun 26", 48},
    {"<path class=\"line resistance\" d=\"M0 -4H26\"/>", "resistance", 64},
    {"<path class=\"line support\" d=\"M0 -4H26\"/>", "support", 48},
    {"<path class=\"volume\" d=\"M3 1v-5h6v5ZM10 1v-11h6v11ZM17 1v-7h6v7Z\"/>",
     "volume", 46},
  };
  for (const auto& item : items) {
    out += "<g transform=\"translate(";
    append_coordinate(out, x);
    out += ' ';
    append_coordinate(out, y);
    out.append(")\">").append(item.sample);
    append_text(out, "legend", 32, 0, item.text);
    out += "</g>\n";
    x += 32 + item.width + 22;
  }
}

std::string chart_picture(const chart& x) {
  auto count = std::max<std::size_t>(
    1, static_cast<std::size_t>(std::count_if(
         x.series.begin(), x.series.end(),
         [](const auto& series) { return !series.rows.empty(); })));
  std::string size = "1400 ";
  append_coordinate(size,
                    static_cast<double>(count) * block_height + footer_height);
  auto height = size.substr(5);
  std::string out = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"1400\" "
                    "height=\""
                    + height + "\" viewBox=\"0 0 " + size
                    + "\" role=\"img\" aria-labelledby=\"name about\">\n"
                      "<title id=\"name\">Risk score</title>\n";
  out
    .append("<desc id=\"about\">Price with Bollinger bands, Ichimoku cloud, "
            "support and resistance, and the risk score below it.</desc>\n"
            "<style>\n")
    .append(assets::picture_css.text)
    .append("</style>\n<defs>\n"
            "<pattern id=\"hatch\" width=\"6\" height=\"6\" "
            "patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">"
            "<path class=\"hatch-line\" d=\"M0 0V6\"/></pattern>\n"
            "<pattern id=\"dots\" width=\"5\" height=\"5\" "
            "patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(-45)\">"
            "<path class=\"unsure-line\" d=\"M0 0V5\"/></pattern>\n"
            "<pattern id=\"bearish\" width=\"7\" height=\"7\" "
            "patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">"
            "<path class=\"bearish-line\" d=\"M0 0V7\"/></pattern>\n"
            "</defs>\n<rect class=\"paper\" width=\"100%\" "
            "height=\"100%\"/>\n");
  double top = 0;
  for (const auto& series : x.series) {
    if (series.rows.empty())
      continue;
    append_block(out, series, x, top);
    top += block_height;
  }
  if (top == 0)
    append_text(out, "pair", margin, 60, "No candle was scored.");
  append_text(out, "tick", margin, std::max(top, block_height) + 14, footer(x));
  return out + "</svg>\n";
}

} // namespace riskbreaker::app
