#include "actors/breaker_supervisor.hpp"

#include <algorithm>
#include <utility>

// The way of a request:
//
//   ask_scorer ──▶ fallback_scorer ──▶ decide ─┬─ no permit ──▶ answer
//                                              └─ permit ──▶ provisional, call
//
// The way of a call is in breaker_supervisor_calls.cpp.

namespace riskbreaker::actors {

void breaker_supervisor_state::ask_scorer(
  std::shared_ptr<const messages::risk_batch> batch) {
  scoring_.emplace(batch, 1);
  self->send(scorer_, messages::risk_requests{std::move(batch)});
}

void breaker_supervisor_state::decide(const messages::risk_scores& x) {
  // A batch that was answered already (its scorer died while replying) is not
  // answered twice.
  if (scoring_.erase(x.batch) == 0)
    return;
  answers_.reserve(answers_.size() + x.scores.size());
  for (std::size_t i = 0; i < x.scores.size(); ++i) {
    const auto& request = x.batch->requests[i];
    const auto& score = x.scores[i];
    if (!survives([&] {
          ++counts_of(request.strategy).asked;
          decide_one(request, score);
        }))
      survives([&] { rescue(request, score); });
  }
  send_answers(x.batch->credits);
  report_shutdown();
  rearm();
}

void breaker_supervisor_state::decide_one(const messages::risk_request& request,
                                          const core::fallback_score& score) {
  auto& lane = lane_of(request.strategy);
  auto usual = core::usual_deadline(request.strategy->call,
                                    request.series->frame.length());
  auto out = draft(request, score, lane);
  auto why_not = obstacle(request);
  // `assess`, which has a ticket, asks anew.
  if (!why_not && request.ticket == 0) {
    if (reuse(lane, out)) {
      answer(std::move(out), 0);
      return;
    }
    if (join(lane, request, out))
      return;
  }
  core::permit permit;
  if (!why_not)
    why_not = acquire(lane, permit, usual);
  out.breaker = lane.breaker.state(); // a permit may have moved it
  if (why_not) {
    out.cause = why_not;
    answer(std::move(out), request.ticket);
  } else {
    begin_call(lane, request, std::move(out), permit, usual);
  }
}

void breaker_supervisor_state::rescue(const messages::risk_request& request,
                                      const core::fallback_score& score) {
  auto is_it = [&](const open_request& x) {
    return x.draft.id == request.id;
  };
  auto i = std::find_if(open_.begin(), open_.end(), [&](const auto& x) {
    const auto& asked = x.second.requests;
    return x.first == request.id
           || std::any_of(asked.begin(), asked.end(), is_it);
  });
  if (i != open_.end()) {
    auto call = std::move(i->second);
    pool_.drop(i->first);
    open_.erase(i);
    auto told = std::any_of(call.requests.begin(), call.requests.end(), is_it);
    // Our own fault says nothing about the LLM.
    fail(std::move(call), core::cause::llm_unreachable,
         core::call_verdict::neutral);
    if (told)
      return;
  }
  auto out = draft(request, score, lane_of(request.strategy));
  out.cause = core::cause::llm_unreachable;
  answer_surely(std::move(out), request.ticket);
}

strategy_lane& breaker_supervisor_state::lane_of(
  const std::shared_ptr<const core::strategy>& strategy) {
  if (auto i = lanes_.find(strategy->name); i != lanes_.end())
    return i->second;
  auto seed = cfg.seed ^ std::hash<std::string>{}(strategy->name);
  auto [i, added] = lanes_.emplace(
    strategy->name,
    strategy_lane{strategy,
                  core::breaker::restore(strategy->breaker, seed,
                                         remembered(strategy->name), now(),
                                         cfg.now()),
                  0,
                  table->find(strategy->name) == nullptr,
                  {}});
  transitions_of(i->second);
  counted(i->second);
  return i->second;
}

void breaker_supervisor_state::announce_start() {
  start_scorer();
  start_caller();
  for (const auto& strategy : table->strategies)
    lane_of(strategy);
  rearm(); // one that comes back open has a retry time
}

core::assessment
breaker_supervisor_state::draft(const messages::risk_request& request,
                                const core::fallback_score& score,
                                const strategy_lane& lane) const {
  core::assessment out;
  out.id = request.id;
  out.strategy = request.strategy;
  out.series = request.series;
  out.candle_time = request.candle_time;
  out.requested_at = request.requested_at;
  const auto& frame = request.series->frame;
  auto close = frame.close_of(request.candle_time);
  out.valid_until = frame.close_of(close) + request.strategy->assess.grace;
  out.score = score.score;
  out.confidence = score.confidence;
  out.fallback = score;
  out.breaker = lane.breaker.state();
  return out;
}

std::optional<core::cause>
breaker_supervisor_state::obstacle(const messages::risk_request& x) const {
  if (shutting_down_)
    return core::cause::shutting_down;
  if (!table->llm_enabled(*x.strategy) || !x.window)
    return core::cause::llm_disabled;
  if (auto limit = x.strategy->assess.max_candle_age) {
    std::chrono::duration<double, std::milli> age
      = cfg.now() - x.series->frame.close_of(x.candle_time);
    std::chrono::duration<double, std::milli> length = x.series->frame.length();
    if (age > *limit * length)
      return core::cause::stale_candle;
  }
  return std::nullopt;
}

bool breaker_supervisor_state::reuse(const strategy_lane& lane,
                                     core::assessment& out) const {
  if (!core::may_reuse(lane.breaker.state()))
    return false;
  const auto* kept = lane.answers.find(out.series, now(), cfg.now(),
                                       out.strategy->min_interval);
  // What was asked before a reload is not what is asked after it.
  if (!kept || *lane.strategy != *out.strategy)
    return false;
  out.source = core::answer_source::llm_cached;
  out.score = kept->score;
  out.confidence = kept->confidence;
  out.llm = core::report_of_reuse(*kept->llm);
  return true;
}

} // namespace riskbreaker::actors
