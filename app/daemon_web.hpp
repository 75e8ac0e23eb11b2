#pragma once

#include "actors/fault_ledger.hpp"
#include "config/settings.hpp"
#include "transport/web_server.hpp"

#include <memory>
#include <string>

namespace riskbreaker::app {

/// The dashboard's server, bound and not yet started; null where `http.bind` is
/// null. Throws `std::runtime_error` with a line for the user if it cannot be
/// bound.
std::shared_ptr<transport::web_server>
open_web_server(const config::settings& settings, const std::string& boot,
                std::shared_ptr<actors::fault_ledger> faults);

} // namespace riskbreaker::app
