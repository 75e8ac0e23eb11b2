#pragma once

#include "core/time.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace riskbreaker::transport {

/// How a request may be carried.
struct connection_choice {
  /// Counts how often a server's connections were given up.
  std::uint64_t generation = 0;
  bool fresh = false;                         ///< not over one that is there
  std::optional<std::chrono::seconds> oldest; ///< idle ones older are dead
};

/// What a request says about the connection that carried it.
enum class connection_sign : std::uint8_t {
  none,
  alive,  ///< a whole response came
  silent, ///< the request went out, and not a byte came in its time
};

/// Which connections to a server are still trusted. A connection can die
/// without a word: a router forgot it, a load balancer hangs. Under HTTP/1.1 a
/// time-out closes it. Under HTTP/2 it closes a stream only, and all that is
/// asked from then on would meet the same silence. So after a silence each
/// request gets a connection of its own until one is answered and nothing from
/// before is open any more; what is older is never used again.
class connection_care {
public:
  /// A request to `url` starts.
  connection_choice begin(std::string_view url, core::steady_time now);

  /// It ended; `choice` is what `begin` gave.
  void end(std::string_view url, const connection_choice& choice,
           connection_sign sign, core::steady_time now);

private:
  struct server {
    std::uint64_t generation = 0;
    std::size_t open = 0;                      ///< requests of this generation
    std::size_t older = 0;                     ///< requests of earlier ones
    bool answered = false;                     ///< in this generation
    std::optional<core::steady_time> given_up; ///< when this one began
  };

  std::unordered_map<std::string, server> servers_;
};

} // namespace riskbreaker::transport
