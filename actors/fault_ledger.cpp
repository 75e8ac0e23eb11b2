#include "actors/fault_ledger.hpp"

#include "actors/event_log.hpp"

#include <chrono>
#include <exception>

namespace riskbreaker::actors {

void fault_ledger::note(const std::string& actor, const std::string& what,
                        core::steady_time now) noexcept {
  try {
    std::lock_guard guard{mutex_};
    auto& x = entries_[actor];
    ++x.count;
    auto since_told = x.told.note(now, std::chrono::seconds{1});
    if (!since_told)
      return;
    log_error("fault")
      .with("actor", actor)
      .with("detail", what)
      .with("count", x.count)
      .with("untold", *since_told - 1)
      .say("the daemon goes on, please report this");
  } catch (...) {
    // No memory for a count: what is counted matters more than the count.
  }
}

std::map<std::string, std::uint64_t> fault_ledger::counts() const {
  std::lock_guard guard{mutex_};
  std::map<std::string, std::uint64_t> out;
  for (const auto& [actor, x] : entries_)
    out.emplace(actor, x.count);
  return out;
}

std::string text_of_exception() {
  try {
    throw;
  } catch (const std::exception& x) {
    return x.what();
  } catch (...) {
    return "not a std::exception";
  }
}

} // namespace riskbreaker::actors
