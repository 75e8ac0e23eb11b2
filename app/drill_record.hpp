#pragma once

#include "core/time.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace riskbreaker::app {

/// What the LLM is doing in a drill.
enum class drill_phase { healthy, outage, recovery };
inline constexpr std::size_t drill_phase_count = 3;

/// The requests that were made in one phase, and what became of them.
struct drill_phase_report {
  std::uint64_t asked = 0;
  std::uint64_t answered = 0;
  std::uint64_t by_llm = 0;
  std::map<std::string, std::uint64_t> by_cause; ///< why it was not the LLM
  std::map<std::string, std::uint64_t> errors;   ///< refused requests, by code
  std::optional<core::milliseconds> median;      ///< of the answers' times
  std::optional<core::milliseconds> slowest;
};

struct drill_report {
  std::vector<drill_phase_report> phases; ///< by `drill_phase`
  /// From the break to OPEN, from the mending to CLOSED; absent: never.
  std::optional<core::milliseconds> time_to_open;
  std::optional<core::milliseconds> time_to_recover;
  /// From the mending to the first answer of the LLM.
  std::optional<core::milliseconds> time_to_llm;
  std::uint64_t failures_to_open = 0; ///< failed calls when it opened
  std::uint64_t failed_probes = 0;    ///< half-open and back
  std::vector<std::string> states;    ///< in the order in which they were seen
};

/// Keeps what happened in a drill. Pure: the times come from outside.
class drill_record {
public:
  explicit drill_record(core::steady_time start) : begun_{start} {
    // nop
  }

  /// The LLM was broken (`outage`) or mended (`recovery`).
  void enter(drill_phase x, core::steady_time now);

  /// A request was sent; returns its number.
  std::uint64_t asked(core::steady_time now);

  /// Its final answer came; `cause` is empty where the LLM answered. Unknown
  /// numbers are ignored, a second answer too.
  void answered(std::uint64_t number, const std::string& cause,
                core::steady_time now);

  /// It was refused with an error.
  void refused(std::uint64_t number, const std::string& code,
               core::steady_time now);

  /// What the breaker looks like now.
  void saw(const std::string& state, std::uint64_t consecutive_failures,
           core::steady_time now);

  drill_phase phase() const noexcept {
    return phase_;
  }
  const std::string& state() const noexcept {
    return state_;
  }
  std::size_t open_requests() const noexcept {
    return open_.size();
  }
  /// Answers of the LLM that were asked for in this phase.
  std::uint64_t llm_answers() const noexcept {
    return counts_[static_cast<std::size_t>(phase_)].by_llm;
  }

  drill_report report() const;

private:
  struct request {
    drill_phase phase;
    core::steady_time at;
  };

  drill_phase_report& settle(const request& x, core::steady_time now);

  core::steady_time begun_[drill_phase_count];
  drill_phase phase_ = drill_phase::healthy;
  drill_phase_report counts_[drill_phase_count];
  std::vector<core::milliseconds> took_[drill_phase_count];
  std::map<std::uint64_t, request> open_;
  std::uint64_t next_ = 1;
  std::string state_;
  drill_report found_;
};

/// What a drill proves, or why it failed: one line a fault, none if all is
/// well.
std::vector<std::string> drill_faults(const drill_report& x);

} // namespace riskbreaker::app
