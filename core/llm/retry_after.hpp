#pragma once

#include "core/json.hpp"
#include "core/llm/http_reply.hpp"
#include "core/time.hpp"

#include <optional>
#include <string_view>

namespace riskbreaker::core {

/// How long a server asks us to wait: `retry-after-ms`, then `Retry-After` (in
/// seconds, also decimal, or an HTTP-date), then a hint in the body. What
/// cannot be used (negative, empty, a date gone by, no number) counts as
/// absent, and the next source is looked at. At most about 30 years.
std::optional<milliseconds> retry_after(const http_reply& reply,
                                        const json* body, unix_ms wall);

/// Reads an HTTP-date in any of the three forms of RFC 9110, without locale
/// and time zone. `wall` settles the century of a two-digit year.
std::optional<unix_ms> parse_http_date(std::string_view text, unix_ms wall);

} // namespace riskbreaker::core
