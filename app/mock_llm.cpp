#include "app/mock_llm.hpp"

#include "transport/llm_simulator.hpp"

#include <CLI/CLI.hpp>

#include <csignal>
#include <iostream>
#include <memory>
#include <pthread.h>
#include <stdexcept>
#include <sys/resource.h>

namespace riskbreaker::app {

namespace {

using namespace transport;

constexpr const char* footer
  = R"(Faults, as text (KIND[:NUMBER][+html][+retry_after=TEXT]):
  ok                     answers from the numbers in the prompt
  slow:SECONDS           answers late
  hang                   takes the request and never answers
  hang_after_headers     sends the headers, then nothing
  drip[:SECONDS]         one byte a second (or each SECONDS)
  keepalive_blank_lines[:SECONDS]
                         a blank line each second, the answer after 5 (SECONDS)
  status:N               that status; +html for an error page instead of JSON,
                         +retry_after=TEXT for a Retry-After header
  error_in_200[:CODE]    200 with an error of code 429 (CODE) in the body
  empty, malformed, cut_body
                         200 without body, with no JSON, with half of it
  no_choices, null_content, truncated, refused
                         well-formed, but no usable answer
  fenced, think, prose   a right answer, wrapped as models do
  out_of_range           a score of 150
  one_bad_pair           of several pairs in one question, the last has that score
  reset                  the connection is reset
  refuse[:SECONDS]       the port is closed (for SECONDS)
  flaky:N                every N-th request gets a 500
  quota, auth            429 insufficient_quota, 401 invalid_api_key

Over HTTP while it runs (all but during refuse, which closes this port too;
only its SECONDS or the timeline end it then):
  GET  /_sim             the fault and the counts
  PUT  /_sim/fault       a fault as text, or as JSON
                         {"fault":"status:503","retry_after":"2","body":"html"}
  POST /_sim/reset       sets the counts to zero
  GET  /healthz          never faulty
Requests that hang already go on hanging when the fault is lifted.

Example:
  riskbreaker mock-llm --port 8091 &
  curl -s http://127.0.0.1:8091/v1/chat/completions -H 'Content-Type: application/json' -d '{"model":"m","messages":[{"role":"user","content":"closes 100 101 99"}]}'
  curl -s -X PUT http://127.0.0.1:8091/_sim/fault -d status:503+retry_after=2

A bad afternoon: slower and slower, rate limits, a gateway's error pages, the
server gone, then hanging, then half well, then well again:
  riskbreaker mock-llm --timeline 0:ok,30:slow:8,60:slow:14,90:status:429+retry_after=5,120:status:502+html,150:refuse,180:hang,240:flaky:2,270:ok)";

/// A connection costs a descriptor; the usual soft limit is 1,024.
void allow_many_files() {
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0)
    return;
  files.rlim_cur = files.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &files);
}

template <class T>
T value_of(std::variant<T, std::string> parsed) {
  if (auto* error = std::get_if<std::string>(&parsed))
    throw std::invalid_argument(*error);
  return std::move(std::get<T>(parsed));
}

void print_counts(const llm_simulator_counts& counts) {
  std::cout << "mock-llm: received " << counts.received << " requests ("
            << counts.chats << " chats, " << counts.abandoned
            << " abandoned) on " << counts.connections << " connections";
  const char* separator = "; ";
  for (const auto& [fault, count] : counts.by_fault) {
    std::cout << separator << fault << ' ' << count;
    separator = ", ";
  }
  std::cout << std::endl;
}

} // namespace

void wait_for_stop_signal() {
  sigset_t stop;
  sigemptyset(&stop);
  for (const int x : {SIGINT, SIGTERM, SIGHUP})
    sigaddset(&stop, x);
  pthread_sigmask(SIG_BLOCK, &stop, nullptr);
  int signal = 0;
  sigwait(&stop, &signal);
}

int run_mock_llm(const mock_llm_options& options,
                 const std::function<void()>& wait) {
  try {
    allow_many_files();
    llm_simulator_config config;
    config.bind = options.bind;
    config.port = options.port;
    config.seed = options.seed;
    config.fault = value_of(parse_llm_fault(options.fault));
    config.timeline = value_of(parse_llm_timeline(options.timeline));
    llm_simulator server{std::move(config)};
    server.start();
    std::cout << "mock-llm: listening on " << server.url() << " (fault "
              << options.fault << ", seed " << options.seed << ')' << std::endl;
    wait();
    server.stop();
    print_counts(server.counts());
    return 0;
  } catch (const std::invalid_argument& error) {
    std::cerr << "mock-llm: " << error.what() << '\n';
    return 2;
  } catch (const std::exception& error) {
    std::cerr << "mock-llm: " << error.what()
              << "; choose another --bind or --port (0 takes a free one)\n";
    return 1;
  }
}

void add_mock_llm_command(CLI::App& root, std::function<int()>& selected) {
  auto options = std::make_shared<mock_llm_options>();
  auto* command = root.add_subcommand(
    "mock-llm", "An OpenAI-compatible LLM simulator that fails on demand");
  command->add_option("--bind", options->bind, "Numeric address to listen on")
    ->capture_default_str();
  command->add_option("--port", options->port, "Port; 0 takes a free one")
    ->capture_default_str();
  command
    ->add_option("--seed", options->seed,
                 "The same seed gives the same answers")
    ->capture_default_str();
  command
    ->add_option("--fault", options->fault, "What goes wrong from the start")
    ->capture_default_str()
    ->check([](const std::string& text) {
      const auto fault = parse_llm_fault(text);
      const auto* error = std::get_if<std::string>(&fault);
      return error ? *error : std::string{};
    });
  command
    ->add_option("--timeline", options->timeline,
                 "SECONDS:FAULT,... from the start on, e.g. 0:ok,30:hang,60:ok")
    ->check([](const std::string& text) {
      const auto timeline = parse_llm_timeline(text);
      const auto* error = std::get_if<std::string>(&timeline);
      return error ? *error : std::string{};
    });
  command->footer(footer);
  command->callback([options, &selected] {
    selected = [options] {
      return run_mock_llm(*options);
    };
  });
}

} // namespace riskbreaker::app
