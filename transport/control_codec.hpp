#pragma once

#include "core/scoring/journaled.hpp"
#include "core/stats/status.hpp"
#include "core/stats/strategy_stats.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace riskbreaker::transport {

/// What a control client asked for. `id` is its own mark, as JSON text, and
/// comes back in the reply.
struct control_command {
  enum class kind {
    ping,
    status,
    series,
    stats,
    breaker,
    reload,
    config,
    assess,
    history,
    log_level
  };
  kind what = kind::ping;
  std::string id; ///< empty: none was given
  std::string strategy;
  std::string action; ///< of `breaker`: reset, force_open, force_closed, auto
  std::string level;  ///< of `log_level`; empty: only asked
  std::string pair;
  std::string timeframe;
  std::optional<std::uint64_t> limit;
};

/// `code` is for programs (`bad_json`, `unknown_command`, `bad_argument`,
/// `unknown_strategy`, `too_large`, `read_only`, `not_available`, `timeout`,
/// `internal`), `message` for people: what is wrong and what would be right.
struct control_error {
  std::string code;
  std::string message;
  std::string id;
};

struct daemon_info {
  std::string version;
  std::string boot;
  double uptime_s = 0;
  std::uint64_t config_version = 0;
  /// Exceptions outlived and actors replaced, by the actor's name.
  std::map<std::string, std::uint64_t> faults{};
  /// What each endpoint has cost today (UTC), of those that were asked.
  std::vector<core::budget_status> budgets{};
};

using strategy_statistics
  = std::pair<core::strategy_snapshot, core::breaker_status>;

/// Reads requests and writes replies of section 4 of the contract. Stateless.
class control_codec {
public:
  virtual ~control_codec() = default;
  virtual std::variant<control_command, control_error>
  decode(std::string_view body) = 0;

  virtual std::string error(const control_error& x) = 0;
  virtual std::string ping(const std::string& id, const daemon_info& x) = 0;
  virtual std::string status(const std::string& id, const daemon_info& x,
                             const std::vector<core::strategy_status>& all,
                             std::uint64_t series_count,
                             const std::optional<core::journal_status>& journal,
                             core::unix_ms now)
    = 0;
  virtual std::string
  series(const std::string& id, const std::vector<core::series_status>& all)
    = 0;
  virtual std::string
  stats(const std::string& id, const std::vector<strategy_statistics>& all,
        const core::ingest_counts& ingest, core::unix_ms now)
    = 0;
  virtual std::string breaker(const std::string& id, core::breaker_state state)
    = 0;
  virtual std::string log_level(const std::string& id, std::string_view level)
    = 0;
  virtual std::string
  reload(const std::string& id, const core::config_report& x)
    = 0;
  /// `effective` is JSON text with secrets masked.
  virtual std::string config(const std::string& id, std::string_view effective)
    = 0;
  virtual std::string assess(const std::string& id, const core::assessment& x,
                             const std::string& boot)
    = 0;
  /// Each as it was published.
  virtual std::string
  history(const std::string& id, const std::vector<core::past_assessment>& all)
    = 0;
};

std::unique_ptr<control_codec> make_control_codec();

} // namespace riskbreaker::transport
