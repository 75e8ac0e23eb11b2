#pragma once

#include "actors/assessment_log.hpp"
#include "actors/contain.hpp"
#include "actors/journal_sink.hpp"
#include "actors/open_call.hpp"
#include "core/llm/call_pool.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <functional>
#include <map>
#include <memory>
#include <queue>
#include <string>
#include <unordered_map>
#include <vector>

namespace riskbreaker::actors {

struct breaker_supervisor_config {
  wall_clock now;
  std::uint64_t seed = 0; ///< of the open times' jitter
  /// How long after its deadline a call that did not report is given up.
  core::milliseconds deadline_slack{80};
  /// Makes a caller or scorer; called again when one has died.
  std::function<llm_caller_actor()> spawn_caller;
  std::function<fallback_scorer_actor()> spawn_scorer;
  std::shared_ptr<fault_ledger> faults{};
  journal_sink journal{};
  /// How the breakers were when the last run ended, by strategy.
  std::map<std::string, core::breaker_memory> remembered{};
};

class breaker_supervisor_state {
public:
  static inline const char* name = "breaker_supervisor";

  explicit breaker_supervisor_state(breaker_supervisor_actor::pointer ptr)
    : self(ptr) {
    // nop
  }

  /// Ends the caller and the scorer, which are the supervisor's own.
  ~breaker_supervisor_state();

  // -- the way of a request
  // ----------------------------------------------------
  void ask_scorer(std::shared_ptr<const messages::risk_batch> batch);
  void decide(const messages::risk_scores& x);
  void settle_call(const messages::llm_result& x);

  // -- time and faults
  // -----------------------------------------------------------
  void on_tick();
  void rearm();
  void on_down(const caf::down_msg& x);
  caf::result<std::uint64_t> shut_down();
  std::uint64_t epoch() const {
    return tick_epoch_;
  }
  const std::shared_ptr<fault_ledger>& faults() const {
    return cfg.faults;
  }
  void after_fault();

  // -- operators
  // -------------------------------------------------------------------
  void apply(const std::shared_ptr<const core::strategy_table>& next);
  caf::result<messages::breaker_reply>
  command(const messages::breaker_command& x);
  messages::strategy_listing list() const;
  void announce_start();

  breaker_supervisor_actor::pointer self;
  breaker_supervisor_config cfg;
  publisher_actor publisher;
  stats_actor stats;
  ticket_holder_actor tickets;
  std::shared_ptr<const core::strategy_table> table;

private:
  core::steady_time now() const;
  void decide_one(const messages::risk_request& request,
                  const core::fallback_score& score);
  /// Answers a request whose handling threw, and ends what it had begun.
  void rescue(const messages::risk_request& request,
              const core::fallback_score& score);
  strategy_lane& lane_of(const std::shared_ptr<const core::strategy>& strategy);
  core::assessment draft(const messages::risk_request& request,
                         const core::fallback_score& score,
                         const strategy_lane& lane) const;
  /// Why the LLM may not be asked about this request, breaker aside.
  std::optional<core::cause> obstacle(const messages::risk_request& x) const;
  /// Fills `out` with a model's answer that may be used again, if there is one.
  bool reuse(const strategy_lane& lane, core::assessment& out) const;
  void keep_answer(const core::assessment& x, core::steady_time asked_at);
  std::optional<core::cause> acquire(strategy_lane& lane, core::permit& out,
                                     core::milliseconds deadline);
  /// Adds the request to a call that waits for more, if there is one.
  bool join(strategy_lane& lane, const messages::risk_request& request,
            core::assessment& draft);
  /// Begins a call; it goes at once or waits for more requests.
  void begin_call(strategy_lane& lane, const messages::risk_request& request,
                  core::assessment&& draft, const core::permit& permit,
                  core::milliseconds usual);
  void add(open_call& x, const messages::risk_request& request,
           core::assessment&& draft);
  /// Hands a call to the caller, if the breaker still lets it.
  void dispatch(std::uint64_t id);
  /// Puts what the call brought into its requests' drafts.
  core::call_outcome read_result(open_call& call,
                                 const messages::llm_result& x);
  /// Ends a call that brought nothing.
  void fail(open_call&& x, core::cause why, core::call_verdict verdict);
  void finish(open_call&& x, const core::call_outcome& outcome,
              std::shared_ptr<const core::llm_report> report);
  void answer(core::assessment&& x, std::uint64_t ticket);
  /// Tries again where `answer` throws: somebody waits for it.
  void answer_surely(core::assessment&& x, std::uint64_t ticket);
  template <class F>
  bool survives(F f) {
    return actors::survives(self, cfg.faults, f);
  }
  void send_answers(messages::lease credits);
  messages::request_counts&
  counts_of(const std::shared_ptr<const core::strategy>& strategy);
  void transitions_of(strategy_lane& lane);
  void tell(strategy_lane& lane, const core::transition& x);
  void counted(strategy_lane& lane);
  /// Takes what was kept of a strategy: it comes back once.
  core::breaker_memory remembered(const std::string& strategy);
  void save(strategy_lane& lane);
  core::breaker_status status_of(const core::breaker& x) const;
  core::unix_ms wall_of(core::steady_time x) const;
  void forget_drained();
  void start_scorer();
  void start_caller();
  void rescore_after_death();
  void fail_open_calls();
  void report_shutdown();
  /// Ends a call that we failed to make.
  void give_up(std::uint64_t id);
  void died(const char* who, const caf::error& why);

  std::map<std::string, strategy_lane> lanes_;
  std::unordered_map<std::uint64_t, open_call> open_;
  core::call_pool pool_; ///< which of them wait for more requests
  using due = std::pair<core::steady_time, std::uint64_t>;
  std::priority_queue<due, std::vector<due>, std::greater<>> deadlines_;
  /// Batches the scorer has not answered, with how often they were sent.
  std::map<std::shared_ptr<const messages::risk_batch>, int> scoring_;
  std::vector<core::assessment> answers_;        ///< of the message at hand
  std::vector<messages::request_counts> counts_; ///< as well
  assessment_log log_;
  std::optional<core::steady_time> armed_for_;
  std::uint64_t tick_epoch_ = 0;
  llm_caller_actor caller_;
  fallback_scorer_actor scorer_;
  bool shutting_down_ = false;
  std::uint64_t cut_short_ = 0; ///< calls that the shutdown ended
  caf::typed_response_promise<std::uint64_t> shutdown_done_;
};

breaker_supervisor_actor::behavior_type breaker_supervisor(
  breaker_supervisor_actor::stateful_pointer<breaker_supervisor_state> self,
  breaker_supervisor_config cfg,
  std::shared_ptr<const core::strategy_table> table, publisher_actor publisher,
  stats_actor stats);

} // namespace riskbreaker::actors
