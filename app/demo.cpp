#include "app/demo.hpp"

#include "app/demo_run.hpp"

#include <spdlog/spdlog.h>

#include <memory>
#include <string>
#include <vector>

namespace riskbreaker::app {

namespace {

std::vector<demo_series> market_for(const std::vector<std::string>& files) {
  if (!files.empty())
    return read_demo_market(files);
  auto now
    = std::chrono::floor<core::milliseconds>(std::chrono::system_clock::now());
  return make_demo_market(600, now, 1, *core::timeframe::parse("5m"));
}

} // namespace

void add_demo_command(CLI::App& root, std::function<int()>& selected) {
  auto files = std::make_shared<std::vector<std::string>>();
  auto* sub = root.add_subcommand(
    "demo", "Show the whole system in one process, with an outage on the way");
  sub
    ->add_option("--candles", *files,
                 "Candle files to use instead of the made-up market")
    ->type_name("FILE");
  sub->footer(
    "Needs no key and no file: a simulated market goes through the "
    "real PUSH socket, a built-in LLM answers over real HTTP, results "
    "come back over a real SUB socket. Exit code 0 only if every "
    "request got exactly one final answer and the breaker recovered."
    "\n\nExample:\n  riskbreaker demo");
  sub->callback([files, &selected] {
    selected = [files] {
      // The console tells the story; the log would tell it twice.
      if (spdlog::get_level() == spdlog::level::info)
        spdlog::set_level(spdlog::level::err);
      return demo_run{market_for(*files), standard_console()}.run();
    };
  });
}

} // namespace riskbreaker::app
