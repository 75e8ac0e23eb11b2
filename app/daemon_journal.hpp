#pragma once

#include "actors/journal_sink.hpp"
#include "config/settings.hpp"
#include "transport/journal_file.hpp"

#include <caf/actor_system.hpp>
#include <caf/scoped_actor.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace riskbreaker::app {

/// The journal of a daemon, and what it has kept of the last run. All of it is
/// empty where `journal.path` is null.
class daemon_journal {
public:
  /// Opens the file and reads it. Throws `std::runtime_error` with a line for
  /// the user if it cannot be used. A damaged file is moved aside, and a disk
  /// that fails is tried again later: neither may stop the trading.
  daemon_journal(caf::actor_system& system, const config::settings& settings,
                 const std::string& boot, const actors::wall_clock& now);

  /// Waits until what was sent before is written, but no longer than that: an
  /// exit overtakes what still waits.
  void flush(caf::scoped_actor& self, std::chrono::milliseconds patience);
  void stop();

  actors::journal_sink sink;
  actors::history_actor history;
  transport::journal_memory memory; ///< to be moved from
  std::shared_ptr<std::vector<transport::restored_series>> series();
  std::function<void(const std::string&, const core::budget_memory&)>
  on_spent() const;

private:
  std::unique_ptr<transport::journal>
  open(const transport::journal_file_config& file,
       const transport::journal_limits& limits);
};

} // namespace riskbreaker::app
