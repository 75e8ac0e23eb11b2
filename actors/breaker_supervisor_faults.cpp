#include "actors/breaker_supervisor.hpp"
#include "actors/event_log.hpp"

#include <utility>

// Deaths of the supervisor's own actors, its own faults, and the end.

namespace riskbreaker::actors {

void breaker_supervisor_state::start_scorer() {
  scorer_ = cfg.spawn_scorer();
  self->monitor(scorer_);
}

void breaker_supervisor_state::start_caller() {
  caller_ = cfg.spawn_caller();
  self->monitor(caller_);
}

void breaker_supervisor_state::on_down(const caf::down_msg& x) {
  if (x.source == caller_.address()) {
    died("llm_caller", x.reason);
    start_caller();
    fail_open_calls();
  } else if (x.source == scorer_.address()) {
    died("fallback_scorer", x.reason);
    start_scorer();
    rescore_after_death();
  }
  send_answers(nullptr);
  rearm();
}

void breaker_supervisor_state::died(const char* who, const caf::error& why) {
  auto text = self->system().render(why);
  log_error("actor_died")
    .with("actor", who)
    .with("reason", text)
    .with("open_calls", open_.size())
    .say("another one is started");
  if (cfg.faults)
    cfg.faults->note(who, "died: " + text, now());
}

void breaker_supervisor_state::give_up(std::uint64_t id) {
  auto i = open_.find(id);
  if (i == open_.end())
    return;
  auto call = std::move(i->second);
  open_.erase(i);
  fail(std::move(call), core::cause::llm_unreachable,
       core::call_verdict::neutral);
}

void breaker_supervisor_state::after_fault() {
  send_answers(nullptr);
  rearm();
}

void breaker_supervisor_state::fail_open_calls() {
  std::vector<open_call> lost;
  for (auto i = open_.begin(); i != open_.end();) {
    if (i->second.unsent) { // waits for more requests: the next caller's
      ++i;
      continue;
    }
    lost.push_back(std::move(i->second));
    i = open_.erase(i);
  }
  for (auto& call : lost) // our own fault says nothing about the LLM
    fail(std::move(call), core::cause::llm_unreachable,
         core::call_verdict::neutral);
}

void breaker_supervisor_state::rescore_after_death() {
  auto lost = std::exchange(scoring_, {});
  for (auto& [batch, sent] : lost) {
    if (sent < 2) {
      scoring_.emplace(batch, sent + 1);
      self->send(scorer_, messages::risk_requests{batch});
      continue;
    }
    // Twice deadly: answered without a factor, which every gate blocks.
    messages::risk_scores blank{batch, {}};
    blank.scores.resize(batch->requests.size());
    scoring_.emplace(batch, sent);
    decide(blank);
  }
}

caf::result<std::uint64_t> breaker_supervisor_state::shut_down() {
  shutting_down_ = true;
  auto open = std::exchange(open_, {});
  pool_ = {};
  for (auto& [id, call] : open) {
    cut_short_ += call.requests.size();
    fail(std::move(call), core::cause::shutting_down,
         core::call_verdict::neutral);
  }
  send_answers(nullptr);
  if (cut_short_ > 0)
    log_info("calls_cut_short")
      .with("requests", cut_short_)
      .say("answered by the fallback to shut down");
  shutdown_done_ = self->make_response_promise<std::uint64_t>();
  report_shutdown();
  return shutdown_done_;
}

void breaker_supervisor_state::report_shutdown() {
  if (shutting_down_ && scoring_.empty() && shutdown_done_.pending())
    shutdown_done_.deliver(cut_short_);
}

} // namespace riskbreaker::actors
