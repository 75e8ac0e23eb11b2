#include "app/chart/score_chart.hpp"

#include "app/chart/chart_page.hpp"
#include "app/console.hpp"
#include "app/serve.hpp"

#include <algorithm>
#include <utility>

namespace riskbreaker::app {

namespace {

/// A page is looked at piece by piece, a picture as a whole.
chart_limits limits_of(chart_kind kind) {
  if (kind == chart_kind::page)
    return {};
  return {300, 24'000, 12};
}

std::size_t most_candles(chart_kind kind) {
  return kind == chart_kind::page ? chart_limits{}.total : 2'000;
}

} // namespace

std::variant<std::unique_ptr<score_chart>, score_chart_error>
score_chart::open(const score_options& options, const score_config& config) {
  auto kind = chart_kind_of(options.chart);
  if (!kind)
    return score_chart_error{
      exit_usage, "--chart " + options.chart
                    + ": give a path that ends in .html (a page to zoom and "
                      "point at) or in .svg (a picture)"};
  auto limits = limits_of(*kind);
  limits.candles = options.chart_candles.value_or(limits.candles);
  if (limits.candles < 1 || limits.candles > most_candles(*kind))
    return score_chart_error{
      exit_usage, "--chart-candles " + std::to_string(limits.candles) + ": "
                    + (*kind == chart_kind::page ? "a page" : "a picture")
                    + " shows 1 to " + std::to_string(most_candles(*kind))
                    + " candles of a series"};
  auto file = chart_file::open(options.chart);
  if (auto* wrong = std::get_if<std::string>(&file))
    return score_chart_error{exit_failure, std::move(*wrong)};
  return std::unique_ptr<score_chart>{new score_chart{
    config, *kind, options.chart,
    std::get<std::unique_ptr<chart_file>>(std::move(file)), limits}};
}

score_chart::score_chart(const score_config& config, chart_kind kind,
                         std::string path, std::unique_ptr<chart_file> file,
                         chart_limits limits)
  : kind_(kind), path_(std::move(path)), file_(std::move(file)), rows_(limits) {
  chart_.scoring = config.scorer.scoring;
  chart_.gate = config.gate;
  chart_.strategy = config.strategy;
}

std::optional<std::string> score_chart::finish(std::size_t series_count) {
  chart_.series = rows_.take();
  chart_.series_left_out = series_count - chart_.series.size();
  auto wrong = file_->write(kind_ == chart_kind::page ? chart_page(chart_)
                                                      : chart_picture(chart_));
  if (wrong)
    return wrong;
  auto rest = left_out_text(chart_);
  if (rest.empty())
    return std::nullopt;
  note_ = path_ + ": " + rest;
  if (chart_.series.size() != 1)
    return std::nullopt;
  const auto& only = chart_.series.front();
  auto more = std::min<std::uint64_t>(only.scored, most_candles(kind_));
  if (more > only.rows.size())
    note_ += "; --chart-candles " + std::to_string(more) + " shows "
             + (more == only.scored ? "all" : "the most it can");
  return std::nullopt;
}

} // namespace riskbreaker::app
