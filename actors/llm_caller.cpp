#include "actors/llm_caller.hpp"

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

std::vector<std::string> headers_for(const core::endpoint& x) {
  std::vector<std::string> out{"Content-Type: application/json",
                               "Accept: application/json"};
  if (!x.api_key.empty())
    out.push_back("Authorization: Bearer " + x.api_key);
  out.insert(out.end(), x.headers.begin(), x.headers.end());
  return out;
}

std::string chat_url(const core::endpoint& x) {
  auto url = x.url;
  while (!url.empty() && url.back() == '/')
    url.pop_back();
  return url + "/chat/completions";
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
  const auto& request = x.request();
  core::prompt_data data;
  data.pair = request.series->pair;
  data.timeframe = request.series->frame.name();
  data.candle_time = request.candle_time;
  data.candles = request.window.get();
  data.market = request.market;
  data.fallback = x.fallback;
  data.scoring = request.strategy->scoring;
  data.own = request.strategy->prompt ? &*request.strategy->prompt : nullptr;
  running_call fresh{x,
                     std::move(client),
                     std::move(chosen),
                     core::call_plan{request.strategy->call, x.deadline,
                                     x.is_probe, cfg.seed ^ x.id},
                     core::make_prompt(data),
                     t};
  fresh.report.endpoint = fresh.endpoint->name;
  fresh.report.model = fresh.endpoint->model;
  auto& entry = calls_.emplace(x.id, std::move(fresh)).first->second;
  send(entry, entry.plan.first(t).timeout);
}

void llm_caller_state::send(running_call& x, core::milliseconds timeout) {
  auto t = self->clock().now();
  const auto& request = x.call.request();
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
  spdlog::debug("llm_caller strategy={} request={} API call attempt {} of {} "
                "timeout_ms={} endpoint={} model={} prompt_tokens~{}",
                request.strategy->name, x.call.id, x.requests,
                x.call.is_probe ? 1 : request.strategy->call.max_retries + 1,
                timeout.count(), x.endpoint->name, x.endpoint->model,
                x.prompt.estimated_tokens);
  x.options = cfg.memory->options(*x.endpoint);
  transport::http_request http;
  http.url = chat_url(*x.endpoint);
  http.body = transport::encode_chat(x.endpoint->model, x.prompt, x.options);
  http.headers = headers_for(*x.endpoint);
  http.timeout = timeout;
  http.connect_timeout = std::min(http.connect_timeout, timeout);
  llm_caller_actor me{self};
  x.http_id = cfg.client->submit(
    std::move(http), [me, id = x.call.id, attempt = x.requests,
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
  const auto& request = call.call.request();
  auto got
    = core::read_reply(x.reply, request.series->pair, cfg.parse, cfg.now());
  if (auto* failure = std::get_if<core::call_failure>(&got)) {
    account(call, failure->usage);
    after_failure(call, std::move(*failure));
    return;
  }
  auto& answer = std::get<core::model_answer>(got);
  account(call, answer.usage);
  if (!answer.model.empty())
    call.report.model = answer.model;
  call.report.reasoning = std::move(answer.reasoning);
  end(call, messages::llm_answered{answer.risk_score, answer.confidence});
}

void llm_caller_state::after_failure(running_call& x,
                                     core::call_failure&& failure) {
  const auto& request = x.call.request();
  auto level = failure.verdict == core::call_verdict::trip
                 ? spdlog::level::err
                 : spdlog::level::warn;
  spdlog::log(level,
              "llm_caller strategy={} request={} attempt={} endpoint={} "
              "cause={} detail=\"{}\"",
              request.strategy->name, x.call.id, x.requests, x.endpoint->name,
              core::to_string(failure.why), failure.detail);
  auto t = self->clock().now();
  if (failure.unsupported_parameter && !x.resent) {
    cfg.memory->without(*x.endpoint, *failure.unsupported_parameter);
    auto left
      = std::chrono::duration_cast<core::milliseconds>(x.plan.deadline() - t);
    if (cfg.memory->options(*x.endpoint) != x.options
        && left > core::milliseconds::zero()) {
      spdlog::info("llm_caller endpoint={} model={} does not take {}; asking "
                   "again without it",
                   x.endpoint->name, x.endpoint->model,
                   *failure.unsupported_parameter);
      x.resent = true;
      send(x, std::min(left, request.strategy->call.api_timeout));
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
  if (failure.why == core::cause::llm_timeout
      && !core::timeout_counts(x.call.request().strategy->call,
                               x.call.usual_deadline,
                               since(x.began, x.plan.deadline())))
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
