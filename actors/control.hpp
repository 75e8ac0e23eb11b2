#pragma once

#include "actors/contain.hpp"
#include "actors/journal_sink.hpp"
#include "transport/control_codec.hpp"
#include "transport/metrics_text.hpp"
#include "transport/outbox.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace riskbreaker::actors {

struct control_config {
  std::shared_ptr<transport::outbox> out;
  std::string version;
  std::string boot;
  wall_clock now;
  /// How long the others may take to answer before the client is told so.
  std::chrono::seconds patience{5};
  /// An `assess` may wait for a whole LLM call.
  std::chrono::seconds assess_patience{120};
  std::shared_ptr<fault_ledger> faults{};
  /// Refuses ZeroMQ clients what changes something or costs calls; HTTP has
  /// its own token.
  bool read_only = false;
  /// Each of those whom a scrape asks; half of what a scrape may take.
  std::chrono::milliseconds metrics_patience{500};
  /// What the day's budgets have left; null: nobody knows.
  std::function<std::vector<core::budget_status>(core::unix_ms)> budgets{};
  /// What the HTTP server has seen; null: there is none.
  std::function<transport::web_counts()> web{};
};

/// Whom control asks.
struct control_peers {
  breaker_supervisor_actor supervisor;
  candle_ingest_actor ingest;
  stats_actor stats;
  history_actor history{}; ///< null: there is no journal
  std::shared_ptr<const journal_board> journal{};
};

/// The way back to a client, and its own mark for the request.
struct control_origin {
  std::vector<std::string> route;
  std::string id;
};

class control_state {
public:
  static inline const char* name = "control";

  explicit control_state(control_actor::pointer ptr) : self(ptr) {
    // nop
  }

  void on_request(const messages::control_request& x);
  void on_metrics(const messages::metrics_request& x);
  void on_answer(const messages::private_answer& x);
  void on_overdue(std::uint64_t ticket);
  const std::shared_ptr<fault_ledger>& faults() const {
    return cfg.faults;
  }
  void after_fault();

  control_actor::pointer self;
  control_config cfg;
  control_peers peers;
  config_keeper_actor keeper; ///< told once it runs
  std::unique_ptr<transport::control_codec> codec;
  caf::actor_clock::time_point started;
  std::uint64_t config_version = 1;
  std::uint64_t reloads_ok = 0;
  std::uint64_t reloads_refused = 0;

private:
  using command = transport::control_command;

  void reply(const control_origin& to, std::string body);
  void refuse(const control_origin& to, std::string code, std::string message);
  /// An error of another actor, in words for the client.
  void fail(const control_origin& to, const command& asked,
            const caf::error& x);
  /// Asks `peer` and hands its reply on; errors and our own faults are told the
  /// client, which always gets a reply.
  template <class Reply, class Peer, class Request, class F>
  void ask(const Peer& peer, Request request, const control_origin& to,
           const command& asked, F on_reply);
  bool has_keeper(const control_origin& to);
  transport::daemon_info info() const;

  void dispatch(const control_origin& to, const command& asked);
  void status(const control_origin& to, const command& x);
  void stats(const control_origin& to, const command& x);
  void breaker(const control_origin& to, const command& x);
  void reload(const control_origin& to, const command& x);
  void assess(const control_origin& to, const command& x);
  void history(const control_origin& to, const command& x);
  void log_level(const control_origin& to, const command& x);
  std::optional<core::journal_status> journal_status() const;
  std::string metrics(const messages::ingest_report& seen,
                      const messages::stats_listing& all) const;

  static constexpr auto words_of_fault
    = "the daemon failed on this request; its log says more, please report it";

  std::unordered_map<std::uint64_t, control_origin> tickets_;
  std::uint64_t next_ticket_ = 1;
};

template <class Reply, class Peer, class Request, class F>
void control_state::ask(const Peer& peer, Request request,
                        const control_origin& to, const command& asked,
                        F on_reply) {
  self->request(peer, cfg.patience, std::move(request))
    .then(
      [this, to, on_reply](const Reply& x) {
        if (!survives(self, cfg.faults, [&] { on_reply(x); }))
          refuse(to, "internal", words_of_fault);
      },
      [this, to, asked](const caf::error& e) {
        survives(self, cfg.faults, [&] { fail(to, asked, e); });
      });
}

/// Answers control clients. Whatever comes in gets exactly one reply.
control_actor::behavior_type
control(control_actor::stateful_pointer<control_state> self, control_config cfg,
        control_peers peers);

} // namespace riskbreaker::actors
