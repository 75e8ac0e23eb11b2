#include "app/score.hpp"

#include <memory>

namespace riskbreaker::app {

void add_score_command(CLI::App& root, std::function<int()>& selected) {
  auto options = std::make_shared<score_options>();
  auto* command = root.add_subcommand(
    "score", "Score candle files offline, without a daemon and without the "
             "LLM: one row a candle");
  command
    ->add_option("FILE", options->files,
                 "CSV, ccxt or Freqtrade JSON, NDJSON, all also gzipped; or - "
                 "for any of them on standard input, unzipped")
    ->required();
  command->add_option("--pair", options->pair,
                      "Pair of all rows, such as BTC/USDT; otherwise the "
                      "column's or the file name's (ETH_BTC-5m.json)");
  command->add_option("--timeframe", options->timeframe,
                      "Timeframe of all rows, such as 5m");
  command->add_flag("--json", options->format.json,
                    "NDJSON instead of CSV; null where CSV has an empty cell");
  command->add_flag("--explain", options->format.explain,
                    "The indicators and the points of each factor too");
  command
    ->add_option("--profile", options->profile,
                 "What the trend is judged by: the cloud (ichimoku) or the "
                 "bands (bb_meanreversion)")
    ->check(CLI::IsMember({"ichimoku", "bb_meanreversion"}));
  command->add_option("--side", options->side, "The side a trade would take")
    ->check(CLI::IsMember({"long", "short"}));
  auto* config
    = command
        ->add_option("-c,--config", options->config,
                     "Configuration file to take a strategy's scoring from; "
                     "may be given several times, later ones win")
        ->type_name("FILE");
  command
    ->add_option("--strategy", options->strategy,
                 "Which of its strategies; not needed where there is one")
    ->needs(config);
  command->add_flag("--strict", options->strict,
                    "End with exit code 1 at the first bad row");
  auto* chart
    = command
        ->add_option("--chart", options->chart,
                     "Draws price, bands, cloud and the score into a page "
                     "(.html) or a picture (.svg); at a terminal the rows are "
                     "then left out, unless --json or --explain asks for them")
        ->type_name("PATH");
  command
    ->add_option("--chart-candles", options->chart_candles,
                 "How many candles of each series the chart shows, the newest "
                 "ones; 5,000 on a page, 300 in a picture by default")
    ->type_name("N")
    ->needs(chart);
  command->footer(
    "An empty cell is a value that is not available. Bad rows are named on\n"
    "standard error and left out; the exit code is 0 all the same, unless\n"
    "nothing else was there.\n\n"
    "Example, all of a file and why:\n"
    "  riskbreaker score ETH_BTC-5m.csv --explain > scores.csv\n"
    "Example, one candle by hand:\n"
    "  printf 'time,open,high,low,close,volume\\n"
    "2023-11-14T22:15:00Z,1,2,1,2,3\\n' | "
    "riskbreaker score - --pair BTC/USDT --timeframe 5m\n"
    "Example, a page to look at, here of made-up candles:\n"
    "  seq 300 | awk 'BEGIN {p = 100; print "
    "\"time,open,high,low,close,volume\"} "
    "{o = p; p *= 0.99 + rand() / 50; printf \"%.0f,%f,%f,%f,%f,%d\\n\", "
    "1700000100000 + 300000 * $1, o, (o > p ? o : p) * 1.002, "
    "(o < p ? o : p) * 0.998, p, $1 % 7}' | "
    "riskbreaker score - --pair BTC/USDT --timeframe 5m --chart chart.html "
    "> scores.csv");
  command->callback([options, &selected] {
    selected = [options] {
      return run_score(*options);
    };
  });
}

} // namespace riskbreaker::app
