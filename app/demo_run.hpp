#pragma once

#include "app/console.hpp"
#include "app/daemon.hpp"
#include "app/demo_ledger.hpp"
#include "app/demo_market.hpp"
#include "transport/llm_simulator.hpp"

#include <nlohmann/json_fwd.hpp>
#include <zmq.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace riskbreaker::app {

/// Counts by phase of the LLM: healthy, broken, mended.
struct phase_count {
  const char* name;
  std::size_t pushed = 0;
  std::size_t answered = 0;
  std::size_t by_llm = 0;
};

/// One demonstration: a market goes through the real sockets while the LLM is
/// healthy, broken and mended.
class demo_run {
public:
  /// Starts the simulator, the daemon and the subscriber. Throws
  /// `std::runtime_error` if one cannot.
  demo_run(std::vector<demo_series> market, console to);

  /// Returns the exit code: 0 if every request got exactly one final answer
  /// and the breaker opened and recovered.
  int run();

private:
  void show(const demo_transition& x) const;
  void show(const std::vector<demo_answer>& all, std::size_t begin) const;
  void say(const std::string& text) const;
  int complain(const std::string& text) const;
  void push(const nlohmann::ordered_json& message);
  void push_history();
  /// Pushes one candle of each pair and waits for the answers. False at the end
  /// of the market.
  bool round(std::size_t phase);
  void rounds(std::size_t phase, std::size_t count);
  /// Pushes on until the breaker went to `state` after the first `skip` moves.
  bool until(const std::string& state, std::size_t phase, std::size_t skip);
  int summary() const;

  std::vector<demo_series> market_;
  console to_;
  transport::llm_simulator simulator_;
  std::unique_ptr<daemon> daemon_;
  std::unique_ptr<demo_ledger> ledger_;
  zmq::context_t context_;
  zmq::socket_t push_socket_{context_, zmq::socket_type::push};
  std::size_t next_ = 0;
  std::size_t pushed_ = 0;
  phase_count phases_[3] = {{"LLM healthy"}, {"LLM broken"}, {"LLM mended"}};
};

} // namespace riskbreaker::app
