#pragma once

#include "app/drill.hpp"

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>

namespace riskbreaker::app {

/// A line for the user, and the exit code that goes with it.
struct drill_error : std::runtime_error {
  drill_error(int code, const std::string& what)
    : std::runtime_error(what), exit_code(code) {
    // nop
  }
  int exit_code;
};

/// A daemon, and the hand on its LLM.
class drill_target {
public:
  virtual ~drill_target() = default;

  virtual std::string control_endpoint() const = 0;

  /// What it is, for the report's first line.
  virtual std::string name() const = 0;

  /// Breaks ("status:503", …) or mends ("ok") the LLM. Throws `drill_error`.
  virtual void set_fault(const std::string& text) = 0;

  /// What the drill may find unset in its options.
  virtual double default_interval() const = 0;
  virtual double default_hold() const = 0;
};

/// A daemon of the drill's own, with the user's configuration or a small one,
/// its endpoints replaced by a simulator, with candles up to now. Throws
/// `drill_error`.
std::unique_ptr<drill_target> make_own_target(const drill_options& options,
                                              console con);

/// A running daemon and the simulator that it asks.
std::unique_ptr<drill_target> make_running_target(const drill_options& options);

} // namespace riskbreaker::app
