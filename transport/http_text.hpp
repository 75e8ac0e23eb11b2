#pragma once

#include "transport/http_client.hpp"

#include <string>
#include <string_view>

namespace riskbreaker::transport {

/// ASCII only, whatever the locale.
std::string lower_case(std::string_view text);

/// Without the blanks and line ends around it.
std::string_view trim(std::string_view text);

/// Whether there is a byte that could end a header line or garble a terminal.
bool has_control(std::string_view text);

/// Whether a header line is the one called `name` (in lower case).
bool names_header(std::string_view line, std::string_view name);

/// `text` as one short line for the log, without anything that the request's
/// headers or the login in its URL say: libraries quote what they were given.
std::string redact(std::string text, const http_request& request);

} // namespace riskbreaker::transport
