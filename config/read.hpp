#pragma once

#include "config/environment.hpp"
#include "config/settings.hpp"

namespace riskbreaker::config {

/// Reads a merged tree into settings, fetches the secrets they name, and
/// checks what only the whole can show. The result means something only if
/// `out` got no errors.
settings read_settings(const node& root, const environment& env, findings& out);

// -- checks of what single values cannot show ---------------------------------

void check_proxy_use(const llm_settings& x, const node& root, findings& out);

void check_sockets(const settings& x, const node& root, findings& out);

/// `at` is the strategy's own object, laid over `defaults`; so it is below.
void check_numbers(const core::strategy& x, const node& at, findings& out);

void check_endpoints_of(const core::strategy& x, const node& at,
                        const settings& all, findings& out);

void check_endpoint(const core::endpoint& x, const node& at, findings& out);

} // namespace riskbreaker::config
