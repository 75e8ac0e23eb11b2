#include "actors/breaker_supervisor.hpp"
#include "actors/event_log.hpp"

#include <algorithm>
#include <utility>

// The way of a call:
//
//   begin_call ─┬──────────────────▶ dispatch ──▶ llm_caller
//     join ─────┴─ pool, on_tick ──▶ dispatch
//
//   llm_caller ──▶ settle_call ──┐
//   deadline   ──▶ on_tick ──────┼──▶ finish ──▶ answer
//   death, shutdown, no permit ──┘
//
// One permit a call, however many requests share it: the breaker sees one call.

namespace riskbreaker::actors {

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

bool breaker_supervisor_state::join(strategy_lane& lane,
                                    const messages::risk_request& request,
                                    core::assessment& draft) {
  auto id = pool_.waiting(
    {request.strategy, request.series->frame, request.candle_time});
  if (!id)
    return false;
  auto& call = open_.at(*id);
  // The breaker has changed since: the request asks for itself.
  if (call.permit.generation != lane.breaker.generation())
    return false;
  draft.breaker = lane.breaker.state();
  add(call, request, std::move(draft));
  if (pool_.join(*id))
    dispatch(*id);
  return true;
}

void breaker_supervisor_state::begin_call(strategy_lane& lane,
                                          const messages::risk_request& request,
                                          core::assessment&& draft,
                                          const core::permit& permit,
                                          core::milliseconds usual) {
  // First what must be settled whatever happens next.
  auto id = request.id;
  auto t = now();
  auto& call = open_[id];
  call.strategy = request.strategy;
  call.permit = permit;
  call.began = t;
  ++lane.in_flight;
  auto had = usual;
  // A candle that is nearly over is not worth a whole deadline; one that is
  // over already is a replay and gets it.
  const auto& frame = request.series->frame;
  auto next_close = frame.close_of(frame.close_of(request.candle_time));
  auto left = next_close - cfg.now();
  if (left > core::milliseconds::zero() && left < had)
    had = left;
  call.deadline = t + had;
  call.timeout_counts
    = core::timeout_counts(request.strategy->call, usual, had);
  call.unsent = std::make_shared<messages::risk_batch>();
  add(call, request, std::move(draft));
  deadlines_.emplace(call.deadline + cfg.deadline_slack, id);
  const auto& batch = request.strategy->batch;
  auto wait = core::pool_wait(batch.window, had);
  if (batch.max_pairs > 1 && wait.count() > 0 && request.ticket == 0)
    pool_.open({request.strategy, frame, request.candle_time}, id,
               batch.max_pairs - 1, t + wait);
  else
    dispatch(id);
}

void breaker_supervisor_state::add(open_call& x,
                                   const messages::risk_request& request,
                                   core::assessment&& draft) {
  // All of it or nothing: behind the provisional answer nothing throws.
  auto& waiting = counts_of(request.strategy);
  x.unsent->requests.reserve(x.unsent->requests.size() + 1);
  x.requests.reserve(x.requests.size() + 1);
  if (request.strategy->assess.provisional && request.ticket == 0) {
    auto early = draft;
    early.final = false;
    answer(std::move(early), 0);
  }
  x.unsent->requests.push_back(request);
  x.requests.push_back({std::move(draft), request.ticket});
  ++waiting.joined;
}

void breaker_supervisor_state::dispatch(std::uint64_t id) {
  auto& call = open_.at(id);
  auto& lane = lane_of(call.strategy);
  if (call.permit.generation != lane.breaker.generation()) {
    // The breaker has changed while the call waited for more requests: ask it
    // again, rather than send to an LLM that is to be left alone.
    auto left = std::chrono::ceil<core::milliseconds>(call.deadline - now());
    auto why_not
      = acquire(lane, call.permit, std::max(left, core::milliseconds::zero()));
    if (why_not) {
      auto ended = std::move(call);
      open_.erase(id);
      fail(std::move(ended), *why_not, core::call_verdict::neutral);
      return;
    }
  }
  messages::llm_call out;
  out.id = id;
  out.batch = std::exchange(call.unsent, nullptr);
  for (const auto& request : call.requests)
    out.fallbacks.push_back(request.draft.fallback);
  out.is_probe = call.permit.kind == core::permit_kind::probe;
  out.deadline = call.deadline;
  out.timeout_counts = call.timeout_counts;
  for (const auto& endpoint_name : call.strategy->endpoints)
    if (auto i = table->endpoints.find(endpoint_name);
        i != table->endpoints.end() && i->second->usable)
      out.endpoints.push_back(i->second);
  if (out.is_probe)
    log_info("recovery_attempt")
      .with("strategy", call.strategy->name)
      .with("request", id)
      .say("HALF_OPEN: one call decides");
  self->send(stats, messages::call_started{call.strategy->name});
  self->send(caller_, std::move(out), call_client_actor{self});
}

void breaker_supervisor_state::settle_call(const messages::llm_result& x) {
  auto i = open_.find(x.id);
  if (i == open_.end())
    return; // answered by the fallback before; the permit is settled
  auto call = std::move(i->second);
  open_.erase(i);
  core::call_outcome outcome;
  if (survives([&] { outcome = read_result(call, x); }))
    finish(std::move(call), outcome, x.report);
  else // our own fault says nothing about the LLM
    fail(std::move(call), core::cause::llm_unreachable,
         core::call_verdict::neutral);
  send_answers(nullptr);
  rearm();
}

core::call_outcome
breaker_supervisor_state::read_result(open_call& call,
                                      const messages::llm_result& x) {
  auto total = call.requests.size();
  if (auto* bad = std::get_if<messages::llm_failed>(&x.outcome)) {
    for (std::size_t n = 0; n < total; ++n) {
      auto& draft = call.requests[n].draft;
      draft.cause = bad->why;
      draft.llm = core::share_of(x.report, n, total, {});
    }
    return {bad->verdict, bad->why, bad->server_wait};
  }
  const auto& pairs = std::get<messages::llm_answered>(x.outcome).pairs;
  for (std::size_t n = 0; n < total; ++n) {
    auto& draft = call.requests[n].draft;
    const auto& said = pairs.at(n);
    draft.llm = core::share_of(x.report, n, total,
                               said ? said->reasoning : std::string{});
    if (!said) {
      draft.cause = core::cause::llm_malformed;
    } else if (said->confidence < draft.strategy->gate.min_confidence) {
      draft.cause = core::cause::low_confidence;
    } else {
      draft.source = core::answer_source::llm;
      draft.score = said->risk_score;
      draft.confidence = said->confidence;
      keep_answer(draft, call.began);
    }
  }
  core::call_outcome outcome;
  outcome.verdict = core::call_verdict::success;
  return outcome;
}

void breaker_supervisor_state::keep_answer(const core::assessment& x,
                                           core::steady_time asked_at) {
  auto& lane = lane_of(x.strategy);
  if (x.strategy->min_interval.count() == 0 || !x.llm
      || *lane.strategy != *x.strategy)
    return;
  lane.answers.keep(x.series,
                    {x.score, x.confidence, asked_at, x.valid_until, x.llm},
                    cfg.now());
}

void breaker_supervisor_state::fail(open_call&& x, core::cause why,
                                    core::call_verdict verdict) {
  for (auto& request : x.requests)
    if (request.draft.source == core::answer_source::fallback)
      request.draft.cause = why;
  finish(std::move(x), {verdict, why, std::nullopt}, nullptr);
}

void breaker_supervisor_state::finish(
  open_call&& x, const core::call_outcome& outcome,
  std::shared_ptr<const core::llm_report> report) {
  auto& lane = lane_of(x.strategy);
  --lane.in_flight;
  survives([&] { counts_of(x.strategy).left += x.requests.size(); });
  lane.breaker.settle(x.permit, outcome, now());
  if (!x.unsent)
    survives([&] {
      messages::call_finished finished{x.strategy->name,
                                       outcome.verdict,
                                       std::nullopt,
                                       std::move(report),
                                       1,
                                       {}};
      if (outcome.verdict != core::call_verdict::success)
        finished.why = outcome.why;
      finished.requests = static_cast<std::uint32_t>(x.requests.size());
      finished.at = cfg.now();
      cfg.journal.send(self, finished);
      self->send(stats, std::move(finished));
    });
  transitions_of(lane);
  counted(lane);
  for (auto& request : x.requests) {
    request.draft.breaker = lane.breaker.state();
    answer_surely(std::move(request.draft), request.ticket);
  }
  if (lane.draining)
    forget_drained();
}

} // namespace riskbreaker::actors
