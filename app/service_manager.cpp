#include "app/service_manager.hpp"

#include "actors/event_log.hpp"

#include <atomic>
#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <systemd/sd-daemon.h>

namespace riskbreaker::app {

void notify_service_manager(const std::string& assignments) {
  static std::atomic<bool> failed{false};
  auto code = sd_notify(0, assignments.c_str());
  if (code < 0 && !failed.exchange(true))
    actors::log_error("service_manager_deaf")
      .with("detail", std::strerror(-code))
      .say("it cannot be told how we are, and may end us: look at "
           "$NOTIFY_SOCKET");
}

std::optional<std::chrono::milliseconds> service_watchdog() {
  std::uint64_t microseconds = 0;
  auto code = sd_watchdog_enabled(0, &microseconds);
  if (code < 0)
    throw std::runtime_error{
      std::string{"$WATCHDOG_USEC and $WATCHDOG_PID of the service manager: "}
      + std::strerror(-code) + "; set WatchdogSec= in the unit, or unset both"};
  if (code == 0)
    return std::nullopt;
  return std::chrono::floor<std::chrono::milliseconds>(
    std::chrono::microseconds{microseconds});
}

} // namespace riskbreaker::app
