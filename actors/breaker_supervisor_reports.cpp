#include "actors/breaker_supervisor.hpp"
#include "actors/event_log.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

// What the supervisor tells others: answers, transitions and counts.

namespace riskbreaker::actors {

void breaker_supervisor_state::answer(core::assessment&& x,
                                      std::uint64_t ticket) {
  x.issued_at = cfg.now();
  x.verdict = core::judge(x.score, x.confidence, x.strategy->gate);
  if (x.final)
    log_.note(x);
  if (ticket == 0) {
    answers_.push_back(std::move(x));
    return;
  }
  // Not published, but a request and its answer all the same.
  auto counted = std::make_shared<messages::assessment_batch>();
  counted->items.push_back(x);
  self->send(stats, messages::assessments{std::move(counted)});
  if (tickets)
    self->send(tickets, messages::private_answer{ticket, std::move(x)});
}

void breaker_supervisor_state::answer_surely(core::assessment&& x,
                                             std::uint64_t ticket) {
  // An answer is moved from in its last step alone.
  if (!survives([&] { answer(std::move(x), ticket); }))
    survives([&] { answer(std::move(x), ticket); });
}

void breaker_supervisor_state::send_answers(messages::lease credits) {
  if (answers_.empty() && counts_.empty())
    return;
  auto batch = std::make_shared<messages::assessment_batch>();
  batch->items = std::exchange(answers_, {});
  batch->counts = std::exchange(counts_, {});
  batch->credits = std::move(credits);
  messages::assessments out{std::move(batch)};
  if (!out.batch->items.empty())
    self->send(publisher, out);
  self->send(stats, std::move(out));
}

messages::request_counts& breaker_supervisor_state::counts_of(
  const std::shared_ptr<const core::strategy>& strategy) {
  // From the newest: requests of a strategy come in a row.
  auto i = std::find_if(counts_.rbegin(), counts_.rend(),
                        [&](const auto& x) { return x.strategy == strategy; });
  if (i != counts_.rend())
    return *i;
  counts_.push_back({strategy});
  return counts_.back();
}

void breaker_supervisor_state::transitions_of(strategy_lane& lane) {
  for (const auto& x : lane.breaker.take_transitions())
    survives([&] { tell(lane, x); });
}

void breaker_supervisor_state::tell(strategy_lane& lane,
                                    const core::transition& x) {
  messages::breaker_changed out{lane.strategy->name, x, wall_of(x.at),
                                status_of(lane.breaker)};
  out.now.retry_at.reset();
  if (x.retry_at)
    out.now.retry_at = wall_of(*x.retry_at);
  auto opened = x.to == core::breaker_state::open;
  auto level = opened ? spdlog::level::warn : spdlog::level::info;
  if (x.from == x.to) // the state at start
    level = spdlog::level::debug;
  log_event{level, std::string{"breaker_"} + core::to_string(x.to)}
    .with("strategy", lane.strategy->name)
    .with("from", core::to_string(x.from))
    .with("to", core::to_string(x.to))
    .with("cause", core::cause_text(x))
    .with("consecutive_failures", x.consecutive_failures)
    .say(opened ? "LLM calls are off" : "");
  self->send(publisher, out);
  self->send(stats, std::move(out));
  save(lane);
}

void breaker_supervisor_state::counted(strategy_lane& lane) {
  survives([&] {
    save(lane);
    self->send(stats, messages::breaker_counted{lane.strategy->name,
                                                status_of(lane.breaker)});
  });
}

} // namespace riskbreaker::actors
