#include "app/serve.hpp"

#include "actors/event_log.hpp"
#include "app/daemon.hpp"
#include "app/service_manager.hpp"
#include "app/version.hpp"
#include "config/print.hpp"

#include <csignal>
#include <cstdio>
#include <exception>
#include <iostream>
#include <memory>

namespace riskbreaker::app {

namespace {

/// Loads the files or says, a line each, what is wrong with them.
std::optional<config::settings>
load_or_complain(const std::vector<std::string>& files,
                 const config::environment& env) {
  auto loaded = config::load(files, env);
  for (const auto& x : loaded.errors)
    std::cerr << "riskbreaker: error: " << config::format(x) << '\n';
  for (const auto& x : loaded.warnings)
    std::cerr << "riskbreaker: warning: " << config::format(x) << '\n';
  return std::move(loaded.value);
}

/// The signals that main has blocked in every thread.
sigset_t handled_signals() {
  sigset_t out;
  sigemptyset(&out);
  for (int x : {SIGINT, SIGTERM, SIGHUP})
    sigaddset(&out, x);
  return out;
}

/// Begins to watch; without, SIGHUP and `ctl reload` are still there.
std::shared_ptr<config::file_watch>
watch_files(const std::vector<std::string>& files) {
  try {
    auto out = std::make_shared<config::file_watch>();
    out->note(files);
    return out;
  } catch (const std::exception& x) {
    actors::log_warning("config_not_watched")
      .with("detail", x.what())
      .say("SIGHUP reloads the configuration files");
    return nullptr;
  }
}

int serve(const std::vector<std::string>& files, bool watched) {
  auto env = config::process_environment();
  auto watch = watched ? watch_files(files) : nullptr;
  auto settings = load_or_complain(files, env);
  if (!settings)
    return exit_bad_config;
  if (settings->strategies.strategies.empty())
    actors::log_warning("no_strategy")
      .say("candles are kept, but nothing is assessed; add a strategy under "
           "\"strategies\"");
  std::unique_ptr<daemon> running;
  try {
    running = std::make_unique<daemon>(
      daemon_options{std::move(*settings), files, std::move(env),
                     transport::make_candle_decoder, std::move(watch),
                     notify_service_manager, service_watchdog()});
  } catch (const std::exception& x) {
    std::cerr << "riskbreaker: error: " << x.what() << '\n';
    return exit_failure;
  }
  running->start();
  actors::log_info("serves")
    .with("candles", running->candles_endpoint())
    .with("results", running->results_endpoint())
    .with("control", running->control_endpoint())
    .with("http", running->web_url().empty() ? "off" : running->web_url())
    .with("version", version())
    .say();
  notify_service_manager("READY=1\nSTATUS=serving "
                         + running->candles_endpoint());
  auto signals = handled_signals();
  for (;;) {
    int got = 0;
    sigwait(&signals, &got);
    if (got != SIGHUP) {
      actors::log_info("stops").with("signal", got).say();
      break;
    }
    actors::log_info("reload_asked").with("signal", got).say();
    running->reload();
  }
  notify_service_manager("STOPPING=1\nSTATUS=answering what is open");
  running->stop();
  actors::log_info("stopped").say();
  return exit_ok;
}

int check(const std::vector<std::string>& files, bool print) {
  auto settings = load_or_complain(files, config::process_environment());
  if (!settings)
    return exit_bad_config;
  if (print) {
    std::cout << config::print_effective(*settings) << '\n';
    return exit_ok;
  }
  std::cout << "ok: " << settings->strategies.strategies.size()
            << " strategies, " << settings->strategies.endpoints.size()
            << " LLM endpoints\n";
  for (const auto& x : settings->strategies.strategies) {
    std::cout << "  " << x->name << ": LLM "
              << (settings->strategies.llm_enabled(*x) ? "on" : "off") << '\n';
  }
  return exit_ok;
}

struct file_options {
  std::vector<std::string> files;
  bool print = false;
  bool no_watch = false;
};

CLI::Option* add_files(CLI::App& sub, std::vector<std::string>& files) {
  return sub
    .add_option(
      "-c,--config", files,
      "Configuration file; may be given several times, later ones win")
    ->required()
    ->type_name("FILE");
}

} // namespace

void add_serve_command(CLI::App& root, std::function<int()>& selected) {
  auto options = std::make_shared<file_options>();
  auto* sub = root.add_subcommand("serve", "Run the daemon");
  add_files(*sub, options->files);
  sub->add_flag("--no-watch", options->no_watch,
                "Reload on SIGHUP and `ctl reload` alone");
  sub->footer("The files are read again when they change, all or nothing, and "
              "on SIGHUP. SIGTERM answers what is open, then ends.\n\n"
              "Example:\n"
              "  riskbreaker serve -c config/riskbreaker.json");
  sub->callback([options, &selected] {
    selected = [options] {
      return serve(options->files, !options->no_watch);
    };
  });
}

void add_check_command(CLI::App& root, std::function<int()>& selected) {
  auto options = std::make_shared<file_options>();
  auto* sub = root.add_subcommand("check", "Validate a configuration");
  add_files(*sub, options->files);
  sub->add_flag("--print", options->print,
                "Print the effective configuration; secrets are never shown");
  sub->footer("Names every error with its place; exit code 78 if there is one."
              "\n\nExample:\n"
              "  riskbreaker check -c config/riskbreaker.json --print");
  sub->callback([options, &selected] {
    selected = [options] {
      return check(options->files, options->print);
    };
  });
}

} // namespace riskbreaker::app
