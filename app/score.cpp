#include "app/score.hpp"

#include "app/candle_files.hpp"
#include "app/chart/score_chart.hpp"
#include "app/score_config.hpp"
#include "app/score_run.hpp"
#include "app/serve.hpp"

#include <algorithm>
#include <ostream>

namespace riskbreaker::app {

int run_score(const score_options& options, console con) {
  auto complain = [&con](const std::string& what) {
    con.err << "riskbreaker score: " << what << '\n';
  };
  if (std::count(options.files.begin(), options.files.end(), "-") > 1) {
    complain("-: standard input can be read once only");
    return exit_usage;
  }
  auto config = read_score_config(options);
  if (auto wrong = std::get_if<score_config_error>(&config)) {
    for (const auto& line : wrong->lines)
      complain(line);
    return wrong->code;
  }
  std::unique_ptr<score_chart> chart;
  if (!options.chart.empty()) {
    auto opened = score_chart::open(options, std::get<score_config>(config));
    if (auto wrong = std::get_if<score_chart_error>(&opened)) {
      complain(terminal_safe(wrong->what));
      return wrong->code;
    }
    chart = std::get<std::unique_ptr<score_chart>>(std::move(opened));
  }
  score_run run{options, std::get<score_config>(config).scorer,
                std::move(chart), con};
  try {
    return run.run();
  } catch (const candle_file_error& x) {
    return run.fail(x.what());
  }
}

} // namespace riskbreaker::app
