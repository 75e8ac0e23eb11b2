#pragma once

#include "core/stats/repeat_gate.hpp"

#include <cstdint>
#include <map>
#include <mutex>
#include <string>

namespace riskbreaker::actors {

/// Counts the exceptions that actors outlived and the actors that died, and
/// logs them: the first of an actor at once, then a line a second at most.
/// One for all actors of a daemon; locked, and asked in emergencies only.
class fault_ledger {
public:
  void note(const std::string& actor, const std::string& what,
            core::steady_time now) noexcept;

  /// By the actor's name; those without a fault are not listed.
  std::map<std::string, std::uint64_t> counts() const;

private:
  struct entry {
    std::uint64_t count = 0;
    core::repeat_gate<core::steady_time> told{};
  };

  mutable std::mutex mutex_;
  std::map<std::string, entry> entries_;
};

/// What an exception says. Call from within a catch clause.
std::string text_of_exception();

} // namespace riskbreaker::actors
