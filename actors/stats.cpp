#include "actors/stats.hpp"

#include "actors/contain.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace riskbreaker::actors {

messages::stats_report stats_state::report(const std::string& strategy,
                                           const strategy_record& x) const {
  messages::stats_report out;
  out.at = cfg.now();
  out.breaker = x.breaker;
  out.counts = x.counts.snapshot();
  out.counts.last_5m
    = x.recent.sum(self->clock().now(), x.counts.open_requests());
  out.counts.strategy = strategy;
  out.counts.state = x.breaker.state;
  out.counts.state_since = x.breaker.state_since;
  out.counts.consecutive_failures = x.breaker.consecutive_failures;
  if (x.breaker.retry_at)
    out.counts.retry_in
      = std::max(*x.breaker.retry_at - out.at, core::milliseconds::zero());
  return out;
}

void stats_state::publish(const std::string& strategy) {
  if (auto* record = record_of(strategy))
    self->send(publisher, report(strategy, *record));
}

strategy_record* stats_state::record_of(const std::string& strategy) {
  if (table && !table->find(strategy))
    return nullptr;
  return &strategies[strategy];
}

void stats_state::follow(std::shared_ptr<const core::strategy_table> next) {
  table = std::move(next);
  for (auto i = strategies.begin(); i != strategies.end();)
    i = table->find(i->first) ? std::next(i) : strategies.erase(i);
  for (const auto& strategy : table->strategies)
    for (const auto& endpoint : strategy->endpoints)
      strategies[strategy->name].counts.may_ask(endpoint);
}

void stats_state::count(const messages::assessment_batch& x) {
  auto now = self->clock().now();
  for (const auto& moved : x.counts)
    if (auto* record = record_of(moved.strategy->name)) {
      record->counts.requested(moved.asked);
      record->counts.waiting(moved.joined, moved.left);
      record->recent.requested(moved.asked, now);
    }
  const core::strategy* last = nullptr;
  strategy_record* record = nullptr;
  for (const auto& item : x.items) {
    if (!item.final)
      continue;
    if (std::exchange(last, item.strategy.get()) != last)
      record = record_of(last->name);
    if (!record)
      continue;
    record->counts.answered(item.source, item.cause);
    record->recent.answered(item.source, now);
  }
}

stats_actor::behavior_type
stats(stats_actor::stateful_pointer<stats_state> self, stats_config cfg,
      publisher_actor publisher) {
  auto& st = self->state;
  st.cfg = std::move(cfg);
  st.publisher = std::move(publisher);
  self->delayed_send(self, st.cfg.interval, atom::tick_v);
  auto contain = container_of(self);
  return {
    contain(
      [self](const messages::assessments& x) { self->state.count(*x.batch); }),
    contain([self](const messages::breaker_changed& x) {
      auto* record = self->state.record_of(x.strategy);
      if (!record)
        return;
      record->breaker = x.now;
      if (x.change.from != x.change.to) // the state at start is no move
        record->counts.transition(x.change.from, x.change.to);
      self->state.publish(x.strategy);
    }),
    contain([self](const messages::breaker_counted& x) {
      if (auto* record = self->state.record_of(x.strategy))
        record->breaker = x.now;
    }),
    contain([self](const messages::call_started& x) {
      if (auto* record = self->state.record_of(x.strategy))
        record->counts.call_started();
    }),
    contain([self](const messages::call_finished& x) {
      auto* record = self->state.record_of(x.strategy);
      if (!record)
        return;
      core::finished_call call;
      call.verdict = x.verdict;
      call.why = x.why.value_or(call.why);
      if (x.report) {
        call.latency = x.report->latency;
        call.attempts = x.report->attempts;
        call.prompt_tokens = x.report->prompt_tokens;
        call.completion_tokens = x.report->completion_tokens;
        call.cost_usd = x.report->cost_usd;
        call.endpoint = x.report->endpoint;
      }
      record->counts.call_finished(call);
      if (call.attempts > 0)
        record->recent.call_finished(call.verdict, self->clock().now());
    }),
    contain([self](const messages::strategies_changed& x) {
      self->state.follow(x.table);
    }),
    contain([self](atom::query) {
      messages::stats_listing out;
      for (const auto& [strategy, record] : self->state.strategies)
        out.strategies.push_back(self->state.report(strategy, record));
      return out;
    }),
    contain([self](atom::tick) {
      auto& me = self->state;
      self->delayed_send(self, me.cfg.interval, atom::tick_v);
      for (const auto& [strategy, record] : me.strategies)
        self->send(me.publisher, me.report(strategy, record));
    }),
  };
}

} // namespace riskbreaker::actors
