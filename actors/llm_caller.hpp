#pragma once

#include "actors/interfaces.hpp"
#include "core/breaker/call_plan.hpp"
#include "core/llm/limits.hpp"
#include "core/stats/status.hpp"
#include "transport/chat_codec.hpp"
#include "transport/http_client.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

namespace riskbreaker::actors {

/// What outlives a caller that dies: the budgets of the day, and what each
/// endpoint and model was found not to take. Locked, since a dying caller hands
/// its slots back while its successor may already be at work.
class endpoint_memory {
public:
  using budgets = std::map<std::string, core::budget_memory>;
  using spent_handler
    = std::function<void(const std::string&, const core::budget_memory&)>;

  endpoint_memory() = default;
  /// Goes on with what was spent before a restart; `on_spent` is told whenever
  /// more is.
  endpoint_memory(budgets before, spent_handler on_spent);

  std::optional<core::cause> enter(const core::endpoint& x,
                                   core::steady_time now, core::unix_ms wall);
  void leave(const core::endpoint& x);
  std::optional<core::cause> spend_request(const core::endpoint& x,
                                           core::steady_time now,
                                           core::unix_ms wall);
  void spend_tokens(const core::endpoint& x, std::uint64_t tokens, double usd,
                    core::steady_time now, core::unix_ms wall);
  /// What was spent today of the endpoints that were asked so far.
  std::vector<core::budget_status> spent(core::unix_ms wall) const;
  transport::chat_options options(const core::endpoint& x);
  /// Remembers that `parameter` is not taken.
  void without(const core::endpoint& x, const std::string& parameter);

private:
  core::limiter& limiter_of(const core::endpoint& x);
  void tell(const core::endpoint& x, const core::limiter& limiter) const;

  mutable std::mutex mutex_;
  std::map<std::string, std::pair<core::endpoint_limits, core::limiter>>
    limiters_;
  std::map<std::string, transport::chat_options> options_;
  budgets before_; ///< of endpoints that were not asked yet
  spent_handler on_spent_;
};

struct llm_caller_config {
  std::shared_ptr<transport::http_client> client;
  std::shared_ptr<endpoint_memory> memory;
  core::json_parser parse;
  wall_clock now;
  std::uint64_t seed = 0;
};

/// One logical call on its way.
struct running_call {
  messages::llm_call call;
  call_client_actor client;
  std::shared_ptr<const core::endpoint> endpoint;
  core::call_plan plan;
  core::prompt prompt;
  core::steady_time began{};
  std::uint32_t requests = 0; ///< HTTP requests sent, re-sends too
  std::uint64_t http_id = 0;
  core::milliseconds timeout{0};     ///< of the attempt at hand
  transport::chat_options options{}; ///< what the request at hand asked with
  bool resent = false; ///< once, without a parameter that was not taken
  core::llm_report report{};
  std::optional<core::call_failure> last_failure{};
};

class llm_caller_state {
public:
  static inline const char* name = "llm_caller";

  explicit llm_caller_state(llm_caller_actor::pointer ptr) : self(ptr) {
    // nop
  }

  /// Hands slots back and cancels what is open.
  ~llm_caller_state();

  void begin(const messages::llm_call& x, call_client_actor client);
  void on_reply(const messages::http_done& x);
  void on_resume(std::uint64_t id, std::uint32_t attempt);

  llm_caller_actor::pointer self;
  llm_caller_config cfg;

private:
  void send(running_call& x, core::milliseconds timeout);
  void proceed(running_call& x, const core::call_step& step);
  void after_failure(running_call& x, core::call_failure&& failure);
  void account(running_call& x, const std::optional<core::token_usage>& usage);
  void give_up(running_call& x);
  void end(running_call& x,
           std::variant<messages::llm_failed, messages::llm_answered> outcome);

  std::unordered_map<std::uint64_t, running_call> calls_;
};

llm_caller_actor::behavior_type
llm_caller(llm_caller_actor::stateful_pointer<llm_caller_state> self,
           llm_caller_config cfg);

} // namespace riskbreaker::actors
