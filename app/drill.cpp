#include "app/drill.hpp"

#include "app/drill_report_view.hpp"
#include "app/drill_run.hpp"
#include "app/serve.hpp"

#include <spdlog/spdlog.h>

#include <memory>
#include <ostream>

namespace riskbreaker::app {

namespace {

int drill(const drill_options& options, console con) {
  auto target = options.simulator.empty() ? make_own_target(options, con)
                                          : make_running_target(options);
  drill_run run{options, *target, con};
  auto report = run.run();
  auto faults = drill_faults(report);
  if (options.json)
    con.out << drill_json(report, {run.strategy(), run.pair(), run.timeframe(),
                                   options.fault})
                 .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)
            << std::endl;
  else
    con.out << '\n' << drill_text(report) << std::flush;
  for (const auto& x : faults)
    con.err << "riskbreaker drill: failed: " << x << '\n';
  if (!faults.empty())
    return exit_failure;
  if (!options.json)
    con.out << "OK: every request was answered, the breaker opened and "
               "recovered."
            << std::endl;
  return exit_ok;
}

} // namespace

int run_drill(const drill_options& options, console con) {
  auto complain = [&con](const std::string& what) {
    con.out << std::flush;
    con.err << "riskbreaker drill: " << terminal_safe(what) << '\n';
  };
  try {
    return drill(options, con);
  } catch (const drill_error& x) {
    complain(x.what());
    return x.exit_code;
  } catch (const curve_error& x) {
    complain(x.what());
    return exit_usage;
  } catch (const zmq::error_t& x) {
    complain("--connect " + options.connect + ": " + x.what()
             + "; give an address such as tcp://127.0.0.1:5557");
    return exit_usage;
  }
}

void add_drill_command(CLI::App& root, std::function<int()>& selected) {
  auto options = std::make_shared<drill_options>();
  auto* sub = root.add_subcommand(
    "drill", "Outage drill: break the LLM, watch the breaker, mend it, and "
             "report how the daemon did");
  auto* files = sub
                  ->add_option("-c,--config", options->files,
                               "Drill a daemon of its own with this "
                               "configuration, its LLM replaced by a simulator")
                  ->type_name("FILE");
  auto* quick = sub->add_flag("--quick", options->quick,
                              "Shorten that daemon's times to seconds");
  auto* simulator
    = sub
        ->add_option("--simulator", options->simulator,
                     "Drill a running daemon instead, whose endpoint is this "
                     "`riskbreaker mock-llm`")
        ->type_name("URL");
  files->excludes(simulator);
  quick->excludes(simulator);
  sub
    ->add_option("--connect", options->connect,
                 "The running daemon's control socket")
    ->needs(simulator)
    ->capture_default_str();
  add_curve_options(*sub, options->curve);
  sub->add_option("--strategy", options->strategy,
                  "Which one; otherwise the first that asks an LLM");
  sub->add_option("--pair", options->pair,
                  "Of which pair; otherwise that of the newest candle");
  sub->add_option("--timeframe", options->timeframe, "As --pair");
  sub
    ->add_option("--fault", options->fault,
                 "How the LLM breaks; `riskbreaker mock-llm --help` lists ways")
    ->capture_default_str();
  sub
    ->add_option("--interval", options->interval,
                 "Seconds between two requests; 1, or 0.1 where quick")
    ->check(CLI::Range(0.001, 3'600.0));
  sub
    ->add_option("--hold", options->hold,
                 "Seconds for which it stays broken once the breaker is open; "
                 "10, or 2 where quick")
    ->check(CLI::Range(0.0, 86'400.0));
  sub
    ->add_option("--patience", options->patience,
                 "Seconds to wait for the breaker to open, and to close")
    ->check(CLI::Range(0.001, 86'400.0))
    ->capture_default_str();
  sub->add_flag("--json", options->json,
                "The report as JSON, on a terminal too");
  sub->footer(
    "Requests are `assess` commands: they are answered to the drill alone,\n"
    "counted in the statistics, and not published. Exit code 0 only if every\n"
    "request was answered, the breaker opened and recovered.\n\n"
    "Example, in seconds and without anything else:\n"
    "  riskbreaker drill\n"
    "Example, your own configuration with its own times, against hanging "
    "calls:\n"
    "  riskbreaker drill -c config.json --fault hang\n"
    "Example, a running daemon whose endpoint is `riskbreaker mock-llm`:\n"
    "  riskbreaker drill --simulator http://127.0.0.1:8091");
  sub->callback([options, &selected] {
    selected = [options] {
      // The report tells it; the log would tell it twice.
      if (spdlog::get_level() == spdlog::level::info)
        spdlog::set_level(spdlog::level::err);
      return run_drill(*options);
    };
  });
}

} // namespace riskbreaker::app
