#include "app/completion.hpp"
#include "app/ctl.hpp"
#include "app/demo.hpp"
#include "app/drill.hpp"
#include "app/keygen.hpp"
#include "app/logging.hpp"
#include "app/mock_llm.hpp"
#include "app/push.hpp"
#include "app/score.hpp"
#include "app/serve.hpp"
#include "app/version.hpp"
#include "app/watch.hpp"

#include <CLI/CLI.hpp>

#include <csignal>
#include <cstdlib>
#include <exception>
#include <functional>
#include <iostream>

using namespace riskbreaker;

namespace {

/// Blocked before any thread starts, so that all inherit it: only whoever waits
/// for a signal gets it. A peer that hangs up must not kill the process either.
void prepare_signals() {
  sigset_t blocked;
  sigemptyset(&blocked);
  for (int x : {SIGINT, SIGTERM, SIGHUP})
    sigaddset(&blocked, x);
  pthread_sigmask(SIG_BLOCK, &blocked, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN); // a file at its limit is the journal's trouble
}

} // namespace

int main(int argc, char** argv) {
  prepare_signals();
  CLI::App root{
    "riskbreaker scores market risk for trading bots: an LLM judges "
    "each closed candle, a circuit breaker leaves it alone when it "
    "fails, and technical analysis answers whenever it does not."};
  root.set_version_flag("--version",
                        std::string{"riskbreaker "} + app::version());
  root.require_subcommand(1);
  root.fallthrough();
  app::logging_options logging;
  root
    .add_option("--log-level", logging.level,
                "trace, debug, info, warn, error or off")
    ->check(CLI::IsMember({"trace", "debug", "info", "warn", "error", "off"}))
    ->capture_default_str();
  root.add_option("--log-format", logging.format, "text or json")
    ->check(CLI::IsMember({"text", "json"}))
    ->capture_default_str();
  root.add_option("--log-file", logging.file,
                  "A file instead of standard error; rotated when it is full");
  root
    .add_option("--log-max-size", logging.max_megabytes,
                "Megabytes after which the log file is rotated")
    ->check(CLI::Range(0.001, 100'000.0))
    ->capture_default_str();
  root
    .add_option("--log-files", logging.max_files,
                "Rotated log files that are kept")
    ->check(CLI::Range(1, 1'000))
    ->capture_default_str();
  std::function<int()> selected;
  app::add_serve_command(root, selected);
  app::add_check_command(root, selected);
  app::add_demo_command(root, selected);
  app::add_push_command(root, selected);
  app::add_watch_command(root, selected);
  app::add_ctl_command(root, selected);
  app::add_score_command(root, selected);
  app::add_drill_command(root, selected);
  app::add_mock_llm_command(root, selected);
  app::add_keygen_command(root, selected);
  app::add_completion_command(root, selected);
  root.footer("Example, the whole system in one process:\n  riskbreaker demo");
  for (auto* sub : root.get_subcommands({}))
    sub->fallthrough();
  try {
    root.parse(argc, argv);
  } catch (const CLI::ParseError& x) {
    return root.exit(x) == 0 ? app::exit_ok : app::exit_usage;
  }
  try {
    app::set_up_logging(logging);
    return selected();
  } catch (const std::exception& x) {
    std::cerr << "riskbreaker: error: " << x.what() << '\n';
    return app::exit_failure;
  }
}
