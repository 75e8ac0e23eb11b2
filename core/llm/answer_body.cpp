#include "core/llm/answer_body.hpp"

#include "core/llm/answer_choice.hpp"
#include "core/llm/answer_error.hpp"
#include "core/llm/answer_text.hpp"
#include "core/llm/retry_after.hpp"

#include <algorithm>

namespace riskbreaker::core {

call_failure with_detail(call_failure x, std::string_view what,
                         std::string_view text) {
  constexpr std::size_t max_excerpt = 200;
  x.detail = what;
  if (auto shown = excerpt(text, max_excerpt); !shown.empty())
    x.detail += ": " + shown;
  return x;
}

call_failure failure_of(cause why) {
  call_failure result;
  result.why = why;
  if (why == cause::llm_refused)
    result.verdict = call_verdict::neutral;
  return result;
}

namespace {

using text_or_failure = std::variant<model_text, call_failure>;

constexpr std::size_t max_model = 200;

/// Cuts what servers send to keep the connection alive while they think:
/// blank lines and comments of an event stream.
std::string_view skip_keep_alive(std::string_view body) {
  constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
  if (body.starts_with(byte_order_mark))
    body.remove_prefix(byte_order_mark.size());
  for (;;) {
    body = trim(body);
    if (!body.starts_with(':'))
      return body;
    body.remove_prefix(std::min(body.find('\n'), body.size()));
  }
}

bool is_event_stream(const http_reply& reply, std::string_view body) {
  for (auto& [name, value] : reply.headers)
    if (equals_ignoring_case(name, "content-type")
        && find_ignoring_case(value, "text/event-stream")
             != std::string_view::npos)
      return true;
  return body.starts_with("data:") || body.starts_with("event:");
}

/// What an operator should look at first.
std::string_view advice(cause why) {
  switch (why) {
    case cause::llm_auth:
      return ", check the API key";
    case cause::llm_quota:
      return ", check the account's balance";
    case cause::llm_not_found:
      return ", check url and model";
    default:
      return "";
  }
}

call_failure by_status(const http_reply& reply, long status,
                       const error_view& error, const json* body,
                       std::string_view text, unix_ms wall) {
  auto result = classify(status, error);
  if (result.retryable)
    result.retry_after = retry_after(reply, body, wall);
  auto what = "HTTP " + std::to_string(reply.status);
  if (status != reply.status)
    what += " with error " + std::to_string(status);
  what += advice(result.why);
  return with_detail(std::move(result), what,
                     error.message.empty() ? text : error.message);
}

call_failure by_fault(const http_reply& reply) {
  auto name = [&]() -> std::string_view {
    switch (reply.fault) {
      case http_fault::timeout:
        return "timeout";
      case http_fault::unreachable:
        return "no connection";
      case http_fault::lost:
        return "connection lost";
      case http_fault::too_large:
        return "response too large";
      case http_fault::cancelled:
        return "cancelled";
      case http_fault::none:
        break;
    }
    return "no response";
  };
  return with_detail(classify(reply.fault), name(), reply.error);
}

/// A status of a failure stands, even if the body did not come whole: a key
/// that was refused must not be sent again.
bool decided_by_status(const http_reply& reply) {
  auto refused = reply.status >= 300 && reply.status <= 599;
  switch (reply.fault) {
    case http_fault::none:
      return reply.status < 200 || reply.status > 299;
    case http_fault::timeout:
    case http_fault::lost:
    case http_fault::too_large:
      return refused;
    case http_fault::unreachable:
    case http_fault::cancelled:
      break;
  }
  return false;
}

text_or_failure text_of(const json& body, chat_choice&& choice) {
  model_text result;
  result.content = std::move(choice.content);
  if (auto* model = body.find("model"); model && model->string())
    append_clean(result.model, *model->string(), max_model, 0);
  return result;
}

/// Everything after the body has turned out to be JSON of a 2xx reply.
text_or_failure read_body(const http_reply& reply, const json& body,
                          unix_ms wall) {
  constexpr long no_number = 500;
  if (auto error = find_error(body))
    return by_status(reply, error->status.value_or(no_number), *error, &body,
                     reply.body, wall);
  auto choice = read_choice(body);
  if (choice.error)
    return by_status(reply, choice.error->status.value_or(no_number),
                     *choice.error, &body, reply.body, wall);
  if (choice.ending == choice_ending::server_error)
    return by_status(reply, no_number, {}, &body, reply.body, wall);
  switch (choice.ending) {
    case choice_ending::cut:
      return with_detail(failure_of(cause::llm_truncated), choice.problem,
                         choice.content);
    case choice_ending::refused:
      return with_detail(failure_of(cause::llm_refused), choice.problem,
                         choice.content);
    case choice_ending::unreadable:
      return with_detail(failure_of(cause::llm_malformed), choice.problem,
                         reply.body);
    default:
      return text_of(body, std::move(choice));
  }
}

} // namespace

text_or_failure read_text(const http_reply& reply, const json_parser& parse,
                          unix_ms wall) {
  if (reply.fault != http_fault::none && !decided_by_status(reply))
    return by_fault(reply);
  auto text = skip_keep_alive(reply.body);
  auto body = parse(text);
  text_or_failure result;
  if (decided_by_status(reply))
    result = by_status(reply, reply.status,
                       body ? describe_error(*body) : error_view{},
                       body ? &*body : nullptr, text, wall);
  else if (is_event_stream(reply, text))
    result
      = with_detail(failure_of(cause::llm_malformed), "an event stream", text);
  else if (!body)
    result = with_detail(failure_of(cause::llm_malformed),
                         text.empty() ? "an empty body" : "no JSON", text);
  else
    result = read_body(reply, *body, wall);
  if (body)
    std::visit([&](auto& x) { x.usage = read_usage(*body); }, result);
  return result;
}

} // namespace riskbreaker::core
