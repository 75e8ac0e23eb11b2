#include "actors/breaker_supervisor.hpp"

#include "actors/event_log.hpp"

#include <caf/send.hpp>

#include <algorithm>
#include <utility>

// Lifecycle, time and operators; the way of a request is in
// breaker_supervisor_requests.cpp and ..._calls.cpp, what is told in
// ..._reports.cpp, faults and the end in ..._faults.cpp.

namespace riskbreaker::actors {

breaker_supervisor_state::~breaker_supervisor_state() {
  if (caller_)
    caf::anon_send_exit(caller_, caf::exit_reason::user_shutdown);
  if (scorer_)
    caf::anon_send_exit(scorer_, caf::exit_reason::user_shutdown);
}

core::steady_time breaker_supervisor_state::now() const {
  return self->clock().now();
}

core::unix_ms breaker_supervisor_state::wall_of(core::steady_time x) const {
  return cfg.now() + std::chrono::ceil<core::milliseconds>(x - now());
}

// -- time
// ------------------------------------------------------------------------

void breaker_supervisor_state::on_tick() {
  auto t = now();
  armed_for_.reset();
  for (auto& [lane_name, lane] : lanes_) {
    lane.breaker.tick(t);
    transitions_of(lane);
  }
  for (auto id : pool_.take_due(t))
    if (!survives([&] { dispatch(id); }))
      give_up(id);
  while (!deadlines_.empty() && deadlines_.top().first <= t) {
    auto id = deadlines_.top().second;
    deadlines_.pop();
    auto i = open_.find(id);
    if (i == open_.end())
      continue; // answered in time
    auto call = std::move(i->second);
    open_.erase(i);
    log_warning("llm_call_overdue")
      .with("strategy", call.strategy->name)
      .with("request", id)
      .say("gave up waiting for it");
    auto verdict = call.timeout_counts ? core::call_verdict::failure
                                       : core::call_verdict::neutral;
    fail(std::move(call), core::cause::llm_timeout, verdict);
  }
  send_answers(nullptr);
  rearm();
}

void breaker_supervisor_state::rearm() {
  std::optional<core::steady_time> next;
  auto sooner = [&](std::optional<core::steady_time> x) {
    if (x && (!next || *x < *next))
      next = x;
  };
  for (const auto& [lane_name, lane] : lanes_)
    sooner(lane.breaker.next_tick());
  if (!deadlines_.empty())
    sooner(deadlines_.top().first);
  sooner(pool_.next_due());
  if (!next || (armed_for_ && *armed_for_ <= *next))
    return;
  // A timer cannot be called back in CAF 0.17: ticks of an older epoch are
  // ignored.
  armed_for_ = next;
  auto wait = std::max(*next - now(), core::steady_time::duration::zero());
  self->delayed_send(self, wait, atom::tick_v, ++tick_epoch_);
}

// -- operators
// -------------------------------------------------------------------

void breaker_supervisor_state::apply(
  const std::shared_ptr<const core::strategy_table>& next) {
  log_.forget();
  table = next;
  for (auto& [lane_name, lane] : lanes_)
    lane.draining = !next->find(lane_name);
  for (const auto& strategy : next->strategies) {
    auto i = lanes_.find(strategy->name);
    if (i == lanes_.end()) {
      lane_of(strategy);
      continue;
    }
    // Another model, prompt or side may be asked now: what was said before is
    // not its answer.
    i->second.answers.clear();
    i->second.strategy = strategy;
    i->second.breaker.reconfigure(strategy->breaker, now());
    transitions_of(i->second);
  }
  forget_drained();
  rearm();
}

void breaker_supervisor_state::forget_drained() {
  for (auto i = lanes_.begin(); i != lanes_.end();) {
    if (i->second.draining && i->second.in_flight == 0)
      i = lanes_.erase(i);
    else
      ++i;
  }
}

caf::result<messages::breaker_reply>
breaker_supervisor_state::command(const messages::breaker_command& x) {
  auto i = lanes_.find(x.strategy);
  if (i == lanes_.end())
    return caf::make_error(messages::errc::unknown_strategy);
  auto& lane = i->second;
  using action = messages::breaker_command::action;
  switch (x.what) {
    case action::reset:
      lane.breaker.reset(now());
      break;
    case action::force_open:
      lane.breaker.force_open(now());
      break;
    case action::force_closed:
      lane.breaker.force_closed(now());
      break;
    case action::automatic:
      lane.breaker.automatic(now());
      break;
  }
  transitions_of(lane);
  counted(lane);
  rearm();
  return messages::breaker_reply{lane.breaker.state()};
}

core::breaker_status
breaker_supervisor_state::status_of(const core::breaker& x) const {
  core::breaker_status out;
  out.state = x.state();
  out.state_since = wall_of(x.state_since());
  if (auto at = x.retry_at())
    out.retry_at = wall_of(*at);
  out.consecutive_failures = x.consecutive_failures();
  return out;
}

messages::strategy_listing breaker_supervisor_state::list() const {
  messages::strategy_listing out;
  for (const auto& [lane_name, lane] : lanes_) {
    core::strategy_status status;
    status.name = lane_name;
    status.breaker = status_of(lane.breaker);
    status.in_flight = lane.in_flight;
    status.endpoints = lane.strategy->endpoints;
    status.llm_enabled = table->llm_enabled(*lane.strategy);
    status.draining = lane.draining;
    out.strategies.push_back(std::move(status));
  }
  return out;
}

breaker_supervisor_actor::behavior_type breaker_supervisor(
  breaker_supervisor_actor::stateful_pointer<breaker_supervisor_state> self,
  breaker_supervisor_config cfg,
  std::shared_ptr<const core::strategy_table> table, publisher_actor publisher,
  stats_actor stats) {
  auto& st = self->state;
  st.cfg = std::move(cfg);
  st.publisher = std::move(publisher);
  st.stats = std::move(stats);
  st.table = std::move(table);
  self->set_down_handler(
    [self](const caf::down_msg& x) { self->state.on_down(x); });
  // A scorer that answers with an error is about to die or has just: its DOWN
  // is what counts. CAF's default would end the supervisor.
  self->set_error_handler([self](const caf::error& x) {
    log_warning("actor_error")
      .with("actor", "breaker_supervisor")
      .with("detail", self->system().render(x))
      .say();
  });
  st.announce_start();
  auto contain = container_of(self);
  return {
    contain([self](const messages::risk_requests& x) {
      self->state.ask_scorer(x.batch);
    }),
    contain([self](const messages::risk_scores& x) { self->state.decide(x); }),
    contain(
      [self](const messages::llm_result& x) { self->state.settle_call(x); }),
    contain([self](const messages::strategies_changed& x) {
      self->state.apply(x.table);
    }),
    contain([self](const ticket_holder_actor& x) { self->state.tickets = x; }),
    contain([self](const messages::breaker_command& x) {
      return self->state.command(x);
    }),
    contain([self](atom::query) { return self->state.list(); }),
    contain([self](atom::shutdown) { return self->state.shut_down(); }),
    contain([self](atom::tick, std::uint64_t epoch) {
      if (epoch == self->state.epoch())
        self->state.on_tick();
    }),
  };
}

} // namespace riskbreaker::actors
