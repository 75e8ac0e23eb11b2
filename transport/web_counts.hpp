#pragma once

#include <cstdint>

namespace riskbreaker::transport {

/// What the HTTP server and the results socket have seen since the start.
struct web_counts {
  std::uint64_t published = 0;     ///< messages on all topics
  std::uint64_t requests = 0;      ///< HTTP requests answered
  std::uint64_t refused = 0;       ///< connections beyond the limit
  std::uint64_t cut_off = 0;       ///< readers that were too slow
  std::uint64_t skipped = 0;       ///< events that a newer one stood for
  std::uint64_t connections = 0;   ///< open now
  std::uint64_t event_clients = 0; ///< of these, who listen to events
};

} // namespace riskbreaker::transport
