#pragma once

#include <string>
#include <vector>

namespace riskbreaker::core {

/// Who may connect to one encrypted socket.
struct client_list {
  bool anyone = false;           ///< who knows our public key
  std::vector<std::string> keys; ///< public CURVE keys, Z85, sorted

  friend bool operator==(const client_list&, const client_list&) = default;
};

/// One list for each of the daemon's sockets: who may follow the results need
/// not be able to push candles or steer breakers.
struct client_lists {
  client_list candles;
  client_list results;
  client_list control;

  friend bool operator==(const client_lists&, const client_lists&) = default;
};

} // namespace riskbreaker::core
