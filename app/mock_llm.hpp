#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace CLI {
class App;
} // namespace CLI

namespace riskbreaker::app {

struct mock_llm_options {
  std::string bind = "127.0.0.1";
  std::uint16_t port = 8091;
  std::uint64_t seed = 1;
  std::string fault = "ok";
  std::string timeline;
};

/// Blocks until SIGINT, SIGTERM or SIGHUP, which must be blocked in all
/// threads.
void wait_for_stop_signal();

/// Runs the LLM simulator as a server until `wait` returns. Says where it
/// listens on stdout, and at the end what it received. Returns the exit code.
int run_mock_llm(const mock_llm_options& options,
                 const std::function<void()>& wait = wait_for_stop_signal);

/// Declares the subcommand `mock-llm`; if it is chosen, `selected` becomes what
/// runs it. `selected` must outlive the parsing.
void add_mock_llm_command(CLI::App& root, std::function<int()>& selected);

} // namespace riskbreaker::app
