#pragma once

#include "app/drill_client.hpp"
#include "app/drill_record.hpp"
#include "app/drill_target.hpp"
#include "app/stop_signal.hpp"

#include <functional>
#include <string>

namespace riskbreaker::app {

/// One drill, from the first question to the report's numbers.
class drill_run {
public:
  drill_run(const drill_options& options, drill_target& target, console con);

  /// Throws `drill_error` where it cannot begin, or was interrupted; the LLM is
  /// mended in any case.
  drill_report run();

  const std::string& strategy() const {
    return strategy_;
  }
  const std::string& pair() const {
    return pair_;
  }
  const std::string& timeframe() const {
    return timeframe_;
  }

private:
  nlohmann::json question(nlohmann::json request);
  void choose_strategy();
  void choose_series();
  void check_health();
  void say(const std::string& text);
  void take(const drill_reply& x);
  /// Asks, listens and watches until `done`, or until time is up: false then.
  bool go_on(double seconds, const std::function<bool()>& done);
  void ask();

  const drill_options& options_;
  drill_target& target_;
  console con_;
  stop_signal stop_; // before the client, whose threads inherit its mask
  drill_client client_;
  core::steady_time start_ = core::steady_time::clock::now();
  drill_record record_{start_};
  std::string strategy_;
  std::string pair_;
  std::string timeframe_;
  core::steady_time next_ask_ = start_;
  core::steady_time next_look_ = start_;
  std::uint64_t looks_ = 0;
  std::uint64_t seen_ = 0; ///< the last look that was answered
  core::steady_time looked_at_ = start_;
  bool asking_ = true;
};

} // namespace riskbreaker::app
