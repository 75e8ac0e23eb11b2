#pragma once

#include "core/client_lists.hpp"
#include "core/scoring/journaled.hpp"
#include "core/strategy.hpp"
#include "core/time.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace riskbreaker::config {

enum class encoding : std::uint8_t { json, msgpack };

/// CURVE: encryption, and who may connect.
struct curve_settings {
  /// Key files and folders of them, for each socket; "*": anyone.
  struct client_sources {
    std::vector<std::string> candles;
    std::vector<std::string> results;
    std::vector<std::string> control;

    friend bool operator==(const client_sources&, const client_sources&)
      = default;
  };

  std::string secret_key_file;
  std::string secret_key; ///< Z85; secret
  client_sources clients_from;
  core::client_lists clients; ///< what those files hold

  friend bool operator==(const curve_settings&, const curve_settings&)
    = default;
};

/// The three ZeroMQ sockets. An address is "tcp://HOST:PORT" (port 0 or `*`:
/// any free one) or "ipc://PATH".
struct transport_settings {
  std::string candles_bind = "tcp://127.0.0.1:5555"; ///< PULL
  std::string results_bind = "tcp://127.0.0.1:5556"; ///< XPUB
  encoding results_encoding = encoding::json;
  std::string control_bind = "tcp://127.0.0.1:5557"; ///< ROUTER
  bool control_read_only = false; ///< refuses what changes something or costs
  std::optional<curve_settings> curve; ///< absent: neither encrypted nor closed
  /// Lets the sockets be bound where other machines reach them, unencrypted.
  bool allow_insecure = false;

  friend bool operator==(const transport_settings&, const transport_settings&)
    = default;
};

/// Stands for a secret wherever settings are shown.
inline constexpr const char* masked_secret = "********";

/// Where a secret comes from. The names may be shown, the secret never.
struct secret_source {
  std::string env;  ///< an environment variable, looked at first
  std::string file; ///< a file that holds the secret alone

  bool empty() const noexcept {
    return env.empty() && file.empty();
  }

  friend bool operator==(const secret_source&, const secret_source&) = default;
};

struct http_settings {
  std::optional<std::string> bind = "127.0.0.1:8090"; ///< absent: no server
  std::string token;              ///< secret; empty: the server is read-only
  secret_source token_from;       ///< empty where the token was given directly
  bool allow_insecure = false;    ///< as in `transport_settings`
  std::vector<std::string> hosts; ///< further names it may be called by

  friend bool operator==(const http_settings&, const http_settings&) = default;
};

struct journal_settings {
  std::optional<std::string> path = "riskbreaker.db"; ///< absent: no journal
  /// Older rows are deleted; absent: kept for ever.
  std::optional<std::uint32_t> keep_days = 30;
  core::journaled assessments = core::journaled::all;

  friend bool operator==(const journal_settings&, const journal_settings&)
    = default;
};

struct stats_settings {
  core::milliseconds interval{10'000};

  friend bool operator==(const stats_settings&, const stats_settings&)
    = default;
};

struct limit_settings {
  core::milliseconds max_clock_skew{60'000};
  std::size_t max_gap_fill = 100; ///< candles
  std::size_t max_series = 10'000;
  std::size_t window = 500;          ///< closed candles kept of each series
  std::size_t max_frame = 4'194'304; ///< bytes of one message

  friend bool operator==(const limit_settings&, const limit_settings&)
    = default;
};

/// How endpoints are reached, all of them alike.
struct llm_settings {
  std::string proxy; ///< empty: none, whatever the environment says
  std::vector<std::string> no_proxy; ///< hosts that are asked without it
  std::string ca_file;               ///< empty: the system's store

  friend bool operator==(const llm_settings&, const llm_settings&) = default;
};

/// Everything an operator can set, with every default: those that are not
/// here are the defaults of the core structs that `strategies` holds. A
/// strategy that says nothing watches all pairs at 5m (`default_strategy`).
struct settings {
  transport_settings transport;
  http_settings http;
  journal_settings journal;
  stats_settings stats;
  limit_settings limits;
  llm_settings llm;
  /// Endpoints with their keys filled in, strategies in the order of names.
  core::strategy_table strategies;
  std::map<std::string, secret_source> key_sources; ///< by endpoint
};

/// What a strategy of that name is when its object is empty and no endpoint is
/// configured.
inline core::strategy default_strategy(std::string name) {
  core::strategy x;
  x.name = std::move(name);
  x.pairs = {"*"};
  x.timeframes = {*core::timeframe::parse("5m")};
  return x;
}

/// Compares what the pointers point to; the table's version does not count.
bool operator==(const settings& a, const settings& b);

} // namespace riskbreaker::config
