#pragma once

#include "app/chart/chart_collector.hpp"
#include "app/chart/chart_file.hpp"
#include "app/score.hpp"
#include "app/score_config.hpp"

#include <memory>
#include <optional>
#include <string>
#include <variant>

namespace riskbreaker::app {

/// Why there will be no chart, and the exit code for it.
struct score_chart_error {
  int code = 0;
  std::string what;
};

/// The chart that `score` draws beside its rows.
class score_chart {
public:
  /// Checks what `options` ask for and opens the file, so that no hour of
  /// scoring is lost to a wrong path.
  static std::variant<std::unique_ptr<score_chart>, score_chart_error>
  open(const score_options& options, const score_config& config);

  void add(std::string_view pair, core::timeframe frame,
           const core::market_view& market, const core::fallback_score& score) {
    rows_.add(pair, frame, market, score);
  }

  /// Draws and writes it; says what went wrong. `series_count` is of all that
  /// were scored.
  std::optional<std::string> finish(std::size_t series_count);

  /// What to say of the chart that was written: what it leaves out.
  const std::string& note() const noexcept {
    return note_;
  }

private:
  score_chart(const score_config& config, chart_kind kind, std::string path,
              std::unique_ptr<chart_file> file, chart_limits limits);

  chart_kind kind_;
  std::string path_;
  std::unique_ptr<chart_file> file_;
  chart_collector rows_;
  chart chart_;
  std::string note_;
};

} // namespace riskbreaker::app
