#include "actors/llm_caller.hpp"

#include "actors/event_log.hpp"
#include "actors/llm_request.hpp"
#include "core/llm/answer_text.hpp"

#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

namespace riskbreaker::actors {

namespace {

core::milliseconds since(core::steady_time then, core::steady_time now) {
  return std::chrono::duration_cast<core::milliseconds>(now - then);
}

} // namespace

llm_caller_state::~llm_caller_state() {
  for (auto& [id, x] : calls_) {
    cfg.client->cancel(x.http_id);
    cfg.memory->leave(*x.endpoint);
  }
}

void llm_caller_state::begin(const messages::llm_call& x,
                             call_client_actor client) {
  auto t = self->clock().now();
  std::optional<core::cause> refused = core::cause::llm_disabled;
  std::shared_ptr<const core::endpoint> chosen;
  for (const auto& endpoint : x.endpoints) {
    refused = cfg.memory->enter(*endpoint, t, cfg.now());
    if (!refused) {
      chosen = endpoint;
      break;
    }
  }
  if (!chosen) {
    messages::llm_failed out;
    out.why = *refused;
    self->send(client, messages::llm_result{x.id, out, nullptr});
    return;
  }
  running_call fresh{
    x,
    std::move(client),
    std::move(chosen),
    core::call_plan{x.strategy().call, x.deadline, x.is_probe, cfg.seed ^ x.id},
    prompt_of(x),
    t};
  fresh.report.endpoint = fresh.endpoint->name;
  fresh.report.model = fresh.endpoint->model;
  auto& entry = calls_.emplace(x.id, std::move(fresh)).first->second;
  send(entry, entry.plan.first(t).timeout);
}

void llm_caller_state::send(running_call& x, core::milliseconds timeout) {
  auto t = self->clock().now();
  const auto& strategy = x.call.strategy();
  if (auto why = cfg.memory->spend_request(*x.endpoint, t, cfg.now())) {
    // Used up since the call was admitted. A failure that was seen counts.
    if (x.last_failure) {
      give_up(x);
      return;
    }
    messages::llm_failed out;
    out.why = *why;
    end(x, out);
    return;
  }
  x.report.attempts = ++x.requests;
  x.timeout = timeout;
  log_info("llm_attempt")
    .with("strategy", strategy.name)
    .with("request", x.call.id)
    .with("attempt", x.requests)
    .with("of", x.call.is_probe ? 1 : strategy.call.max_retries + 1)
    .with("timeout_ms", timeout.count())
    .with("endpoint", x.endpoint->name)
    .with("model", x.endpoint->model)
    .with("pairs", x.prompt.pairs)
    .with("prompt_tokens_estimated", x.prompt.estimated_tokens)
    .say();
  x.options = cfg.memory->options(*x.endpoint);
  llm_caller_actor me{self};
  x.http_id = cfg.client->submit(
    request_of(*x.endpoint, x.prompt, x.options, timeout),
    [me, id = x.call.id, attempt = x.requests,
     key = x.endpoint->api_key](core::http_reply&& reply) {
      // Some servers quote the key that they refuse.
      core::mask_secret(reply.body, key);
      core::mask_secret(reply.error, key);
      caf::anon_send(me, messages::http_done{id, attempt, std::move(reply)});
    });
}

void llm_caller_state::on_reply(const messages::http_done& x) {
  auto i = calls_.find(x.id);
  if (i == calls_.end() || i->second.requests != x.attempt)
    return;
  auto& call = i->second;
  auto got = core::read_shared_reply(x.reply, pairs_of(call.call), cfg.parse,
                                     cfg.now());
  if (auto* failure = std::get_if<core::call_failure>(&got)) {
    account(call, failure->usage);
    after_failure(call, std::move(*failure));
    return;
  }
  auto& answer = std::get<core::shared_answer>(got);
  account(call, answer.usage);
  if (!answer.model.empty())
    call.report.model = answer.model;
  if (!answer.problems.empty())
    log_warning("llm_pairs_missing")
      .with("strategy", call.call.strategy().name)
      .with("request", x.id)
      .with("endpoint", call.endpoint->name)
      .with("detail", answer.problems)
      .say("these pairs fall back");
  end(call, messages::llm_answered{std::move(answer.pairs)});
}

void llm_caller_state::after_failure(running_call& x,
                                     core::call_failure&& failure) {
  const auto& strategy = x.call.strategy();
  auto level = failure.verdict == core::call_verdict::trip
                 ? spdlog::level::err
                 : spdlog::level::warn;
  log_event{level, "llm_attempt_failed"}
    .with("strategy", strategy.name)
    .with("request", x.call.id)
    .with("attempt", x.requests)
    .with("endpoint", x.endpoint->name)
    .with("cause", core::to_string(failure.why))
    .with("detail", failure.detail)
    .say();
  auto t = self->clock().now();
  if (failure.unsupported_parameter && !x.resent) {
    cfg.memory->without(*x.endpoint, *failure.unsupported_parameter);
    auto left
      = std::chrono::duration_cast<core::milliseconds>(x.plan.deadline() - t);
    if (cfg.memory->options(*x.endpoint) != x.options
        && left > core::milliseconds::zero()) {
      log_info("llm_parameter_dropped")
        .with("endpoint", x.endpoint->name)
        .with("model", x.endpoint->model)
        .with("parameter", *failure.unsupported_parameter)
        .say("the endpoint does not take it; it is asked again without");
      x.resent = true;
      send(x, std::min(left, strategy.call.api_timeout));
      return;
    }
  }
  auto retryable = failure.retryable;
  auto retry_after = failure.retry_after;
  x.last_failure = std::move(failure);
  proceed(x, x.plan.after_failure(t, retryable, retry_after));
}

void llm_caller_state::proceed(running_call& x, const core::call_step& step) {
  if (auto* attempt = std::get_if<core::make_attempt>(&step)) {
    send(x, attempt->timeout);
  } else if (auto* wait = std::get_if<core::wait_until>(&step)) {
    auto left = std::max(wait->at - self->clock().now(),
                         core::steady_time::duration::zero());
    self->delayed_send(self, left, atom::resume_v, x.call.id, x.requests);
  } else {
    give_up(x);
  }
}

void llm_caller_state::on_resume(std::uint64_t id, std::uint32_t attempt) {
  auto i = calls_.find(id);
  if (i == calls_.end() || i->second.requests != attempt)
    return;
  proceed(i->second, i->second.plan.resume(self->clock().now()));
}

void llm_caller_state::account(running_call& x,
                               const std::optional<core::token_usage>& usage) {
  if (!usage)
    return;
  auto prompt = usage->prompt.value_or(x.prompt.estimated_tokens);
  auto completion = usage->completion;
  x.report.tokens_estimated |= usage->estimated;
  auto usd = (static_cast<double>(prompt) * x.endpoint->usd_per_million_prompt
              + static_cast<double>(completion)
                  * x.endpoint->usd_per_million_completion)
             / 1e6;
  x.report.prompt_tokens += prompt;
  x.report.completion_tokens += completion;
  x.report.cost_usd += usd;
  cfg.memory->spend_tokens(*x.endpoint, prompt + completion, usd,
                           self->clock().now(), cfg.now());
}

void llm_caller_state::give_up(running_call& x) {
  messages::llm_failed out;
  const auto& failure = *x.last_failure;
  out.why = failure.why;
  out.verdict = failure.verdict;
  auto t = self->clock().now();
  if (failure.why == core::cause::llm_timeout && !x.call.timeout_counts)
    out.verdict = core::call_verdict::neutral;
  if (failure.retry_after && *failure.retry_after > x.plan.deadline() - t)
    out.server_wait = failure.retry_after;
  end(x, out);
}

void llm_caller_state::end(
  running_call& x,
  std::variant<messages::llm_failed, messages::llm_answered> outcome) {
  x.report.latency = since(x.began, self->clock().now());
  messages::llm_result out;
  out.id = x.call.id;
  out.outcome = std::move(outcome);
  if (x.requests > 0)
    out.report = std::make_shared<const core::llm_report>(std::move(x.report));
  cfg.memory->leave(*x.endpoint);
  auto client = std::move(x.client);
  calls_.erase(out.id);
  self->send(client, std::move(out));
}

llm_caller_actor::behavior_type
llm_caller(llm_caller_actor::stateful_pointer<llm_caller_state> self,
           llm_caller_config cfg) {
  self->state.cfg = std::move(cfg);
  return {
    [self](const messages::llm_call& x, const call_client_actor& client) {
      self->state.begin(x, client);
    },
    [self](const messages::http_done& x) { self->state.on_reply(x); },
    [self](atom::resume, std::uint64_t id, std::uint32_t attempt) {
      self->state.on_resume(id, attempt);
    },
  };
}

} // namespace riskbreaker::actors
