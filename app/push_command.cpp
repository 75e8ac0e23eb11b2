#include "app/push.hpp"

#include <memory>

namespace riskbreaker::app {

void add_push_command(CLI::App& root, std::function<int()>& selected) {
  auto options = std::make_shared<push_options>();
  auto* command = root.add_subcommand(
    "push", "Send candles to a daemon: CSV, ccxt or Freqtrade JSON (also "
            ".json.gz), or NDJSON on standard input");
  command
    ->add_option("FILE", options->files,
                 "Files to send, or - for NDJSON on standard input: each line "
                 "a candle, a list or a block, sent as it is")
    ->required();
  command
    ->add_option("--connect", options->connect,
                 "Where the daemon takes candles")
    ->capture_default_str();
  add_curve_options(*command, options->curve);
  command
    ->add_option("--rate", options->rate,
                 "Candles a second (lines, with -); 0: as fast as they are "
                 "taken")
    ->check(CLI::NonNegativeNumber)
    ->capture_default_str();
  command->add_option("--pair", options->pair,
                      "Pair of all rows, such as BTC/USDT; otherwise the "
                      "column's or the file name's (ETH_BTC-5m.json)");
  command->add_option("--timeframe", options->timeframe,
                      "Timeframe of all rows, such as 5m");
  command
    ->add_option("--history", options->history,
                 "Send the first N candles of each series as history: they "
                 "warm the indicators up and ask for no assessment")
    ->check(CLI::NonNegativeNumber)
    ->capture_default_str();
  command
    ->add_option("--block", options->block,
                 "Candles a message; 0: one candle each")
    ->check(CLI::Range(0, 10'000))
    ->capture_default_str();
  command->add_flag(
    "--follow", options->follow,
    "Wait for more rows of CSV files that grow, until Ctrl-C; a "
    "file that is replaced is read anew");
  command
    ->add_option("--timeout", options->timeout,
                 "Seconds to wait for a daemon that takes nothing")
    ->check(CLI::PositiveNumber)
    ->capture_default_str();
  command->footer(
    "Rows that are no candles are named on standard error and left out; the\n"
    "exit code is 0 all the same, unless nothing else was there.\n\n"
    "Example, 250 candles to warm up and then 10 a second:\n"
    "  riskbreaker push ETH_BTC-5m.csv --history 250 --rate 10\n"
    "Example, what a recorder writes, as it writes it:\n"
    "  riskbreaker push --follow --history 250 recorder.csv\n"
    "Example, one candle by hand:\n"
    "  echo '{\"pair\":\"BTC/USDT\",\"timeframe\":\"5m\",\"time\":"
    "1700000100000,\"open\":1,\"high\":2,\"low\":1,\"close\":2,\"volume\":3}' "
    "| riskbreaker push -");
  command->callback([options, &selected] {
    selected = [options] {
      return run_push(*options);
    };
  });
}

} // namespace riskbreaker::app
