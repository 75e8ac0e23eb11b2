#include "actors/stats.hpp"

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
  self->send(publisher, report(strategy, strategies[strategy]));
}

void stats_state::count(const core::assessment& x) {
  auto& counts = strategies[x.strategy->name].counts;
  if (!x.final)
    return;
  // Every request ends in exactly one final answer, so both are counted here:
  // one message less on the hot path.
  counts.request();
  counts.answered(x.source, x.cause);
}

stats_actor::behavior_type
stats(stats_actor::stateful_pointer<stats_state> self, stats_config cfg,
      publisher_actor publisher) {
  auto& st = self->state;
  st.cfg = std::move(cfg);
  st.publisher = std::move(publisher);
  self->delayed_send(self, st.cfg.interval, atom::tick_v);
  return {
    [self](const messages::assessments& x) {
      for (const auto& item : x.batch->items)
        self->state.count(item);
    },
    [self](const messages::breaker_changed& x) {
      auto& me = self->state;
      auto& record = me.strategies[x.strategy];
      record.breaker = x.now;
      if (x.change.from != x.change.to) // the state at start is no move
        record.counts.transition(x.change.from, x.change.to);
      me.publish(x.strategy);
    },
    [self](const messages::breaker_counted& x) {
      self->state.strategies[x.strategy].breaker = x.now;
    },
    [self](const messages::call_started& x) {
      self->state.strategies[x.strategy].counts.call_started();
    },
    [self](const messages::call_finished& x) {
      core::finished_call call;
      call.verdict = x.verdict;
      call.why = x.why.value_or(call.why);
      if (x.report) {
        call.latency = x.report->latency;
        call.attempts = x.report->attempts;
        call.prompt_tokens = x.report->prompt_tokens;
        call.completion_tokens = x.report->completion_tokens;
        call.cost_usd = x.report->cost_usd;
      }
      self->state.strategies[x.strategy].counts.call_finished(call);
    },
    [self](const messages::strategies_changed& x) {
      auto& all = self->state.strategies;
      for (auto i = all.begin(); i != all.end();)
        i = x.table->find(i->first) ? std::next(i) : all.erase(i);
    },
    [self](atom::query) {
      messages::stats_listing out;
      for (const auto& [strategy, record] : self->state.strategies)
        out.strategies.push_back(self->state.report(strategy, record));
      return out;
    },
    [self](atom::tick) {
      auto& me = self->state;
      self->delayed_send(self, me.cfg.interval, atom::tick_v);
      for (const auto& [strategy, record] : me.strategies)
        self->send(me.publisher, me.report(strategy, record));
    },
  };
}

} // namespace riskbreaker::actors
