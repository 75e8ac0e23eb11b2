#include "core/llm/answer_error.hpp"

#include "core/llm/answer_text.hpp"

#include <charconv>

namespace riskbreaker::core {

namespace {

constexpr std::size_t max_kept = 2'000;

void take_text(std::string& out, const json& holder, std::string_view key) {
  if (!out.empty())
    return;
  if (auto* member = holder.find(key))
    if (auto* text = member->string())
      out = text->substr(0, max_kept);
}

/// 429 or "429", as long as it can be the status of a failure.
std::optional<long> read_status(const json* value) {
  if (!value)
    return std::nullopt;
  long status = 0;
  if (auto* number = value->number()) {
    if (!(*number >= 300 && *number <= 599))
      return std::nullopt;
    status = static_cast<long>(*number);
    if (static_cast<double>(status) != *number)
      return std::nullopt;
  } else if (auto* text = value->string(); text && text->size() == 3) {
    auto [end, error] = std::from_chars(text->data(), text->data() + 3, status);
    if (error != std::errc{} || end != text->data() + 3)
      return std::nullopt;
  }
  if (status < 300 || status > 599)
    return std::nullopt;
  return status;
}

void take_fields(error_view& out, const json& holder) {
  for (auto key : {"code", "status"})
    if (!out.status)
      out.status = read_status(holder.find(key));
  take_text(out.code, holder, "code");
  take_text(out.type, holder, "type");
  take_text(out.param, holder, "param");
  take_text(out.message, holder, "message");
}

/// What OpenRouter's provider really said, behind "Provider returned error".
void take_raw(error_view& out, const json& error) {
  std::string raw;
  if (auto* metadata = error.find("metadata"))
    take_text(raw, *metadata, "raw");
  if (!raw.empty())
    out.message += ": " + raw;
}

/// FastAPI's `detail`: a text, or a list of `{"loc": [...], "msg": "..."}`.
void take_detail(error_view& out, const json& body) {
  take_text(out.message, body, "detail");
  auto* detail = body.find("detail");
  auto* entries = detail ? detail->elements() : nullptr;
  if (!entries || entries->empty())
    return;
  take_text(out.message, entries->front(), "msg");
  auto* location = entries->front().find("loc");
  auto* path = location ? location->elements() : nullptr;
  if (path && !path->empty() && path->back().string() && out.param.empty())
    out.param = path->back().string()->substr(0, max_kept);
}

/// null, false, 0 and "" are ways to say that there is none.
bool says_nothing(const json& error) {
  if (auto* text = error.string())
    return trim(*text).empty();
  if (auto* flag = error.boolean())
    return !*flag;
  if (auto* number = error.number())
    return *number == 0;
  return error.is_null();
}

} // namespace

const json& unwrap_single(const json& value) {
  auto* elements = value.elements();
  return elements && elements->size() == 1 ? elements->front() : value;
}

std::optional<error_view> find_error(const json& holder) {
  auto& body = unwrap_single(holder);
  auto* error = body.find("error");
  if (!error || says_nothing(*error))
    return std::nullopt;
  error_view result;
  if (auto* text = error->string())
    result.message = text->substr(0, max_kept);
  else if (error->members())
    take_fields(result, *error);
  else
    result.status = read_status(error);
  // What the error itself does not say may stand beside it.
  take_fields(result, body);
  take_raw(result, *error);
  return result;
}

error_view describe_error(const json& body) {
  if (auto found = find_error(body))
    return *found;
  error_view result;
  auto& holder = unwrap_single(body);
  take_fields(result, holder);
  take_detail(result, holder);
  return result;
}

call_failure classify(long status, const error_view& error) {
  auto make = [](cause why, call_verdict verdict, bool retryable = false) {
    call_failure result;
    result.why = why;
    result.verdict = verdict;
    result.retryable = retryable;
    return result;
  };
  constexpr auto failure = call_verdict::failure;
  constexpr auto trip = call_verdict::trip;
  if (status == 402 || error.is_quota())
    return make(cause::llm_quota, trip);
  // Google refuses a key with a 400.
  if (status == 401 || status == 403 || (status == 400 && error.is_auth()))
    return make(cause::llm_auth, trip);
  if (status == 404 || (status >= 300 && status <= 399))
    return make(cause::llm_not_found, trip);
  if (status == 400 || status == 413 || status == 422) {
    auto result = make(cause::llm_bad_request, call_verdict::neutral);
    if (status != 413)
      result.unsupported_parameter = error.unsupported_parameter();
    return result;
  }
  if (status == 408)
    return make(cause::llm_timeout, failure, true);
  if (status == 429)
    return make(cause::llm_rate_limited, failure, true);
  if (status == 409 || (status >= 500 && status <= 599))
    return make(cause::llm_server_error, failure, true);
  return make(cause::llm_malformed, failure);
}

call_failure classify(http_fault fault) {
  call_failure result;
  result.verdict = call_verdict::failure;
  switch (fault) {
    case http_fault::timeout:
      result.why = cause::llm_timeout;
      result.retryable = true;
      break;
    case http_fault::unreachable:
    case http_fault::lost:
      result.why = cause::llm_unreachable;
      result.retryable = true;
      break;
    case http_fault::cancelled:
      result.why = cause::shutting_down;
      result.verdict = call_verdict::neutral;
      break;
    case http_fault::none:
    case http_fault::too_large:
      result.why = cause::llm_malformed;
      break;
  }
  return result;
}

} // namespace riskbreaker::core
