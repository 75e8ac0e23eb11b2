#include "actors/breaker_supervisor.hpp"

#include <spdlog/spdlog.h>

#include <utility>

// The way of a request:
//
//   ask_scorer ──▶ fallback_scorer ──▶ decide ─┬─ no permit ──▶ answer
//                                              └─ permit ──▶ provisional, call
//   llm_caller ──▶ settle_call ─┐
//   deadline   ──▶ on_tick ─────┼──▶ finish ──▶ answer
//   death, shutdown ────────────┘

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
  for (std::size_t i = 0; i < x.scores.size(); ++i) {
    const auto& request = x.batch->requests[i];
    auto& lane = lane_of(request.strategy);
    core::permit permit;
    auto deadline = core::usual_deadline(request.strategy->call,
                                         request.series->frame.length());
    auto out = draft(request, x.scores[i], lane);
    auto why_not = obstacle(request);
    // `assess`, which has a ticket, asks anew.
    if (!why_not && request.ticket == 0 && reuse(lane, out)) {
      answer(std::move(out), 0);
      continue;
    }
    if (!why_not)
      why_not = acquire(lane, permit, deadline);
    out.breaker = lane.breaker.state(); // a permit may have moved it
    if (why_not) {
      out.cause = why_not;
      answer(std::move(out), request.ticket);
    } else {
      call(x, i, lane, std::move(out), permit, deadline);
    }
  }
  send_answers(x.batch->credits);
  report_shutdown();
  rearm();
}

strategy_lane& breaker_supervisor_state::lane_of(
  const std::shared_ptr<const core::strategy>& strategy) {
  if (auto i = lanes_.find(strategy->name); i != lanes_.end())
    return i->second;
  auto seed = cfg.seed ^ std::hash<std::string>{}(strategy->name);
  auto [i, added] = lanes_.emplace(
    strategy->name,
    strategy_lane{
      strategy,
      core::breaker::restore(strategy->breaker, seed, {}, now(), cfg.now()),
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

void breaker_supervisor_state::keep_answer(const open_request& x) {
  const auto& draft = x.draft;
  auto& lane = lane_of(draft.strategy);
  if (draft.strategy->min_interval.count() == 0 || !draft.llm
      || *lane.strategy != *draft.strategy)
    return;
  lane.answers.keep(
    draft.series,
    {draft.score, draft.confidence, x.asked_at, draft.valid_until, draft.llm},
    cfg.now());
}

std::optional<core::cause>
breaker_supervisor_state::acquire(strategy_lane& lane, core::permit& out,
                                  core::milliseconds deadline) {
  auto got = lane.breaker.acquire(now(), deadline);
  transitions_of(lane);
  if (auto* no = std::get_if<core::rejection>(&got))
    return no->why;
  out = std::get<core::permit>(got);
  return std::nullopt;
}

void breaker_supervisor_state::call(const messages::risk_scores& x,
                                    std::size_t index, strategy_lane& lane,
                                    core::assessment&& draft,
                                    const core::permit& permit,
                                    core::milliseconds usual) {
  const auto& request = x.batch->requests[index];
  auto had = usual;
  // A candle that is nearly over is not worth a whole deadline; one that is
  // over already is a replay and gets it.
  const auto& frame = request.series->frame;
  auto next_close = frame.close_of(frame.close_of(request.candle_time));
  auto left = next_close - cfg.now();
  if (left > core::milliseconds::zero() && left < had)
    had = left;
  messages::llm_call out;
  out.id = request.id;
  out.batch = std::make_shared<messages::risk_batch>(
    messages::risk_batch{{request}, nullptr});
  out.fallback = x.scores[index];
  out.is_probe = permit.kind == core::permit_kind::probe;
  out.deadline = now() + had;
  out.usual_deadline = usual;
  for (const auto& endpoint_name : request.strategy->endpoints)
    if (auto i = table->endpoints.find(endpoint_name);
        i != table->endpoints.end() && i->second->usable)
      out.endpoints.push_back(i->second);
  if (request.strategy->assess.provisional && request.ticket == 0) {
    auto early = draft;
    early.final = false;
    answer(std::move(early), 0);
  }
  if (out.is_probe)
    spdlog::info("breaker_supervisor strategy={} request={} recovery attempt "
                 "(HALF_OPEN)",
                 request.strategy->name, request.id);
  ++lane.in_flight;
  deadlines_.emplace(out.deadline + cfg.deadline_slack, out.id);
  open_.emplace(out.id,
                open_request{std::move(draft), permit, now(), request.ticket});
  self->send(stats, messages::call_started{request.strategy->name});
  self->send(caller_, std::move(out), call_client_actor{self});
}

void breaker_supervisor_state::settle_call(const messages::llm_result& x) {
  auto i = open_.find(x.id);
  if (i == open_.end())
    return; // answered by the fallback before; the permit is settled
  auto request = std::move(i->second);
  open_.erase(i);
  auto& draft = request.draft;
  draft.llm = x.report;
  core::call_outcome outcome;
  if (auto* ok = std::get_if<messages::llm_answered>(&x.outcome)) {
    outcome.verdict = core::call_verdict::success;
    if (ok->confidence < draft.strategy->gate.min_confidence) {
      draft.cause = core::cause::low_confidence;
    } else {
      draft.source = core::answer_source::llm;
      draft.score = ok->score;
      draft.confidence = ok->confidence;
      keep_answer(request);
    }
  } else {
    const auto& bad = std::get<messages::llm_failed>(x.outcome);
    draft.cause = bad.why;
    outcome = {bad.verdict, bad.why, bad.server_wait};
  }
  finish(std::move(request), outcome);
  send_answers(nullptr);
  rearm();
}

void breaker_supervisor_state::finish(open_request&& x,
                                      const core::call_outcome& outcome) {
  auto& lane = lane_of(x.draft.strategy);
  --lane.in_flight;
  lane.breaker.settle(x.permit, outcome, now());
  messages::call_finished finished{x.draft.strategy->name, outcome.verdict,
                                   std::nullopt, x.draft.llm};
  if (outcome.verdict != core::call_verdict::success)
    finished.why = outcome.why;
  self->send(stats, std::move(finished));
  transitions_of(lane);
  counted(lane);
  x.draft.breaker = lane.breaker.state();
  answer(std::move(x.draft), x.ticket);
  if (lane.draining)
    forget_drained();
}

} // namespace riskbreaker::actors
