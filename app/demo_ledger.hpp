#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace riskbreaker::app {

/// A final answer, as a subscriber saw it.
struct demo_answer {
  std::string pair;
  std::string timeframe;
  std::int64_t candle_time = 0;
  double score = 0;
  std::string verdict;
  std::string source;
  std::string cause; ///< empty where the LLM answered
};

struct demo_transition {
  std::string from;
  std::string to;
  std::string cause;
  std::chrono::steady_clock::time_point seen;
};

/// A subscriber on a thread of its own that books all it sees, over a real SUB
/// socket.
class demo_ledger {
public:
  using on_transition = std::function<void(const demo_transition&)>;

  demo_ledger(const std::string& endpoint, const std::string& strategy,
              on_transition tell);
  ~demo_ledger();

  /// Waits until the subscription is in force.
  bool wait_subscribed(std::chrono::milliseconds limit);
  /// Waits until `count` answers came in all.
  bool wait_answers(std::size_t count, std::chrono::milliseconds limit);
  /// Waits until the breaker went to `state` after the first `skip`
  /// transitions.
  bool wait_state(const std::string& state, std::size_t skip,
                  std::chrono::milliseconds limit);

  std::vector<demo_answer> answers() const;
  std::vector<demo_transition> transitions() const;
  /// Answers that came more than once, and `seq` numbers that were left out.
  std::size_t repeated() const;
  std::size_t gaps() const;
  std::size_t provisional() const;

private:
  void run(const std::string& endpoint, const std::string& strategy);
  void book(const std::string& topic, const std::string& payload);

  on_transition tell_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<demo_answer> answers_;
  std::vector<demo_transition> transitions_;
  std::map<std::string, std::uint64_t> seqs_;
  std::map<std::string, std::size_t> seen_; ///< by topic and candle time
  std::size_t repeated_ = 0;
  std::size_t gaps_ = 0;
  std::size_t provisional_ = 0;
  bool subscribed_ = false;
  bool stop_ = false;
  std::thread thread_;
};

} // namespace riskbreaker::app
