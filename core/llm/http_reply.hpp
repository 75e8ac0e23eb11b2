#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace riskbreaker::core {

/// How far an HTTP exchange came.
enum class http_fault : std::uint8_t {
  none,        ///< a complete response: read status and body
  timeout,     ///< the attempt's time was over
  unreachable, ///< no connection: DNS, refused, TLS
  lost,        ///< the connection broke, also in mid-body
  too_large,   ///< more than we are willing to read
  cancelled,   ///< by us: shutdown or superseded
};

/// What came back from an endpoint, without any library's types.
struct http_reply {
  http_fault fault = http_fault::none;
  long status = 0;
  std::vector<std::pair<std::string, std::string>>
    headers; ///< names lower-case
  std::string body;
  std::string error; ///< for the log where `fault` is not none; no secrets
  double seconds = 0;
};

} // namespace riskbreaker::core
