#include "actors/breaker_supervisor.hpp"

#include <spdlog/spdlog.h>

#include <utility>

// What the supervisor tells others: answers, transitions and counts.

namespace riskbreaker::actors {

namespace {

const char* text_of(const std::optional<core::cause>& x) {
  return x ? core::to_string(*x) : "";
}

} // namespace

void breaker_supervisor_state::answer(core::assessment&& x,
                                      std::uint64_t ticket) {
  x.issued_at = cfg.now();
  x.verdict = core::judge(x.score, x.confidence, x.strategy->gate);
  if (x.final && x.llm)
    spdlog::info("breaker_supervisor assessed strategy={} pair={} timeframe={} "
                 "score={:.1f} confidence={:.2f} verdict={} source={} cause={}",
                 x.strategy->name, x.series->pair, x.series->frame.name(),
                 x.score, x.confidence, core::to_string(x.verdict),
                 core::to_string(x.source), text_of(x.cause));
  if (ticket == 0)
    answers_.push_back(std::move(x));
  else if (tickets)
    self->send(tickets, messages::private_answer{ticket, std::move(x)});
}

void breaker_supervisor_state::answer_surely(core::assessment&& x,
                                             std::uint64_t ticket) {
  // An answer is moved from in its last step alone.
  if (!survives([&] { answer(std::move(x), ticket); }))
    survives([&] { answer(std::move(x), ticket); });
}

void breaker_supervisor_state::send_answers(messages::lease credits) {
  if (answers_.empty())
    return;
  auto batch = std::make_shared<messages::assessment_batch>();
  batch->items = std::exchange(answers_, {});
  batch->credits = std::move(credits);
  messages::assessments out{std::move(batch)};
  self->send(publisher, out);
  self->send(stats, std::move(out));
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
  spdlog::log(level,
              "breaker_supervisor strategy={} breaker {} -> {} cause={} "
              "consecutive_failures={}{}",
              lane.strategy->name, core::to_string(x.from),
              core::to_string(x.to), core::cause_text(x),
              x.consecutive_failures, opened ? "; LLM calls are off" : "");
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
