#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

namespace riskbreaker::app {

/// Takes what sd_notify(3) takes: assignments, a line each.
using service_notifier = std::function<void(const std::string&)>;

/// Tells systemd, or whoever set $NOTIFY_SOCKET. Does nothing where nobody
/// listens. Logs the first failure.
void notify_service_manager(const std::string& assignments);

/// How long the service manager waits for a sign of life before it restarts
/// us; nothing if it does not watch this process. Throws `std::runtime_error`
/// with a line for the user if $WATCHDOG_USEC makes no sense.
std::optional<std::chrono::milliseconds> service_watchdog();

} // namespace riskbreaker::app
