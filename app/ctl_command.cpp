#include "app/ctl.hpp"
#include "app/export.hpp"

#include <memory>

namespace riskbreaker::app {

namespace {

class ctl_builder {
public:
  ctl_builder(CLI::App& ctl, std::function<int()>& selected,
              std::shared_ptr<ctl_options> options)
    : ctl_(ctl), selected_(selected), options_(std::move(options)) {
    // nop
  }

  CLI::App* add(const char* name, const char* description,
                const std::string& arguments = {}) {
    auto* command = ctl_.add_subcommand(name, description);
    command->fallthrough(); // --json and the like may stand last
    command->footer("Example:\n  riskbreaker ctl " + std::string{name}
                    + arguments);
    command->callback(
      [options = options_, &selected = selected_, text = std::string{name}] {
        options->command = text;
        selected = [options] {
          return run_ctl(*options);
        };
      });
    return command;
  }

  void add_breaker(const char* name, const char* description) {
    strategy(*add(name, description, " my_strategy"));
  }

  CLI::Option* strategy(CLI::App& command) {
    return command
      .add_option("STRATEGY", options_->strategy, "Name in the configuration")
      ->required();
  }

private:
  CLI::App& ctl_;
  std::function<int()>& selected_;
  std::shared_ptr<ctl_options> options_;
};

} // namespace

void add_ctl_command(CLI::App& root, std::function<int()>& selected) {
  auto options = std::make_shared<ctl_options>();
  auto* ctl = root.add_subcommand(
    "ctl", "Ask and steer a running daemon over its control socket");
  ctl->require_subcommand(1);
  ctl->add_option("--connect", options->connect, "The daemon's control socket")
    ->capture_default_str();
  add_curve_options(*ctl, options->curve);
  ctl
    ->add_option("--timeout", options->timeout, "Seconds to wait for an answer")
    ->check(CLI::PositiveNumber)
    ->capture_default_str();
  ctl->add_flag("--json", options->json,
                "The reply as it came, on a terminal too");
  ctl->footer("Example:\n  riskbreaker ctl status");
  ctl_builder builder{*ctl, selected, options};
  builder.add("ping", "Is a daemon there, and which version?");
  builder.add("status", "Each strategy's breaker");
  builder.add("stats", "Calls, answers, latencies and costs of each strategy");
  builder.add("series", "The candles that are kept");
  builder.add("config", "The configuration in force, secrets masked");
  builder.add("reload", "Read the configuration files again");
  builder.add_breaker("reset", "Close a breaker, with its counters at 0");
  builder.add_breaker("open", "Send everything to the fallback until `auto`");
  builder.add_breaker("close", "Ask the LLM whatever happens, until `auto`");
  builder.add_breaker("auto", "Let a breaker decide by itself again");
  auto* level = builder.add("log-level",
                            "Show or change how much the daemon "
                            "logs, until it is started again",
                            " debug");
  level->add_option("LEVEL", options->level, "None: only shows it")
    ->check(CLI::IsMember({"trace", "debug", "info", "warn", "error", "off"}));
  auto* assess
    = builder.add("assess", "Assess the newest candle of a series anew",
                  " my_strategy BTC/USDT 5m");
  builder.strategy(*assess);
  assess->add_option("PAIR", options->pair, "Such as BTC/USDT")->required();
  assess->add_option("TIMEFRAME", options->timeframe, "Such as 5m")->required();
  auto* history = builder.add("history", "Past assessments, newest first",
                              " my_strategy BTC/USDT 5m --limit 20");
  history->add_option("STRATEGY,--strategy", options->strategy,
                      "Only of this strategy");
  history->add_option("PAIR,--pair", options->pair, "Only of this pair");
  history->add_option("TIMEFRAME,--timeframe", options->timeframe,
                      "Only of this timeframe");
  history
    ->add_option("--limit", options->limit,
                 "At most so many, up to 1000; 100 if not said")
    ->check(CLI::PositiveNumber);
  add_export_command(*ctl, selected, options);
}

} // namespace riskbreaker::app
