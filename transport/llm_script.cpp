#include "transport/llm_script.hpp"

#include "transport/llm_answer.hpp"
#include "transport/llm_content.hpp"
#include "transport/response_head.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdio>
#include <utility>

namespace riskbreaker::transport {

namespace {

using json = nlohmann::ordered_json;
using kind = llm_fault_kind;
using namespace std::chrono_literals;

// Fixed, so that equal requests get equal bytes.
constexpr std::int64_t created = 1'700'000'000;

reply_end end_of(bool keep_alive) {
  return keep_alive ? reply_end::keep : reply_end::close;
}

std::string error_page(unsigned status) {
  const auto title = std::to_string(status) + ' ' + reason_phrase(status);
  return "<!DOCTYPE html>\n<html><head><title>" + title
         + "</title></head>\n<body><center><h1>" + title
         + "</h1></center><hr><center>nginx</center></body></html>\n";
}

std::string error_for_status(unsigned status) {
  if (status == 401)
    return error_body("Incorrect API key provided.", "invalid_request_error",
                      "invalid_api_key");
  if (status == 429)
    return error_body("Rate limit reached for requests.", "requests",
                      "rate_limit_exceeded");
  return error_body(reason_phrase(status),
                    status >= 500 ? "server_error" : "invalid_request_error",
                    "");
}

reply_script status_script(const llm_fault& fault, bool keep_alive) {
  const auto status = fault.number;
  const auto body = fault.html ? error_page(status) : error_for_status(status);
  head_fields head{status, fault.html ? "text/html" : json_type, body.size(),
                   keep_alive, ""};
  if (!fault.retry_after.empty())
    head.more = "Retry-After: " + fault.retry_after + "\r\n";
  if (status >= 300 && status < 400)
    head.more += "Location: /v1/chat/completions\r\n";
  reply_script script{{{make_head(head)}}, end_of(keep_alive)};
  if (status != 204 && status != 304)
    script.steps.front().bytes += body;
  return script;
}

std::string completion(const llm_fault& fault, const chat_question& question,
                       std::uint64_t seed) {
  const auto content = simulate_content(fault, question.user, seed);
  json message{{"role", "assistant"}, {"content", content}};
  if (fault.kind == kind::null_content || fault.kind == kind::refused)
    message["content"] = nullptr;
  if (fault.kind == kind::refused)
    message["refusal"] = "I can't help with that.";
  const char* reason = fault.kind == kind::truncated ? "length"
                       : fault.kind == kind::refused ? "content_filter"
                                                     : "stop";
  auto choices = json::array();
  if (fault.kind != kind::no_choices)
    choices.push_back(
      {{"index", 0}, {"message", message}, {"finish_reason", reason}});
  char id[40];
  std::snprintf(
    id, sizeof id, "chatcmpl-%016llx",
    static_cast<unsigned long long>(stable_hash(question.user, seed)));
  const auto asked = (question.prompt_bytes + 3) / 4;
  const auto said = (content.size() + 3) / 4;
  return json{{"id", id},
              {"object", "chat.completion"},
              {"created", created},
              {"model", question.model},
              {"choices", choices},
              {"usage",
               {{"prompt_tokens", asked},
                {"completion_tokens", said},
                {"total_tokens", asked + said}}}}
    .dump(-1, ' ', false, json::error_handler_t::replace);
}

/// Sends `body` the way the fault wants it, where it is about sending.
reply_script deliver(const llm_fault& fault, const std::string& body,
                     bool keep_alive) {
  auto script = whole_response(200, body, keep_alive);
  const auto head = make_head({200, json_type, body.size(), keep_alive, ""});
  switch (fault.kind) {
    case kind::slow:
      script.steps.front().before = fault.wait;
      return script;
    case kind::hang:
      return {{}, reply_end::hang};
    case kind::hang_after_headers:
      return {{{head}}, reply_end::hang};
    case kind::drip:
      return {{{head}, {body, fault.wait, 1, true}}, script.end};
    case kind::keepalive_blank_lines: {
      // The first comes at once, so a client sees that the server is alive.
      const auto blanks = static_cast<std::size_t>(fault.wait / 1s);
      return {
        {{make_head({200, json_type, {}, keep_alive, ""}) + make_chunk("\n")},
         {make_chunk("\n"), 1s, blanks},
         {make_chunk(body) + make_chunk(""), fault.wait % 1s}},
        script.end};
    }
    case kind::cut_body:
      return {{{head + body.substr(0, body.size() / 2)}}, reply_end::close};
    case kind::reset:
      return {{}, reply_end::reset};
    default:
      return script;
  }
}

/// The faults that look the same whatever was asked.
std::optional<reply_script> plain_fault(const llm_fault& fault,
                                        bool keep_alive) {
  if (fault.kind == kind::status)
    return status_script(fault, keep_alive);
  if (fault.kind == kind::auth)
    return whole_response(401, error_for_status(401), keep_alive);
  if (fault.kind == kind::quota)
    return whole_response(
      429,
      error_body("You exceeded your current quota, please check your plan "
                 "and billing details.",
                 "insufficient_quota", "insufficient_quota"),
      keep_alive);
  return std::nullopt;
}

} // namespace

std::optional<chat_question> read_chat_question(std::string_view body) {
  const auto request = json::parse(body, nullptr, false);
  if (!request.is_object() || !request.contains("messages")
      || !request["messages"].is_array() || request["messages"].empty())
    return std::nullopt;
  chat_question question;
  if (request.contains("model") && request["model"].is_string())
    question.model = request["model"];
  for (const auto& message : request["messages"]) {
    if (!message.is_object() || !message.contains("content"))
      return std::nullopt;
    const auto& content = message["content"];
    const std::string text
      = content.is_string() ? content.get<std::string>() : content.dump();
    question.prompt_bytes += text.size();
    if (message.value("role", json{}) == "user")
      question.user += text + '\n';
  }
  return question;
}

reply_script whole_response(unsigned status, std::string_view body,
                            bool keep_alive) {
  return {{{make_head({status, json_type, body.size(), keep_alive, ""})
            + std::string{body}}},
          end_of(keep_alive)};
}

std::string error_body(std::string_view message, std::string_view type,
                       std::string_view code) {
  return json{{"error",
               {{"message", message},
                {"type", type},
                {"param", nullptr},
                {"code", code.empty() ? json{} : json(code)}}}}
    .dump(-1, ' ', false, json::error_handler_t::replace);
}

reply_script chat_script(const llm_fault& fault, const chat_question& question,
                         std::uint64_t seed, bool keep_alive) {
  if (auto script = plain_fault(fault, keep_alive))
    return std::move(*script);
  switch (fault.kind) {
    case kind::error_in_200:
      return whole_response(
        200,
        json{{"error",
              {{"message", "Provider returned error"}, {"code", fault.number}}}}
          .dump(),
        keep_alive);
    case kind::empty:
      return whole_response(200, "", keep_alive);
    case kind::malformed:
      return whole_response(200, "upstream connect error {\"choices\": [",
                            keep_alive);
    default:
      return deliver(fault, completion(fault, question, seed), keep_alive);
  }
}

reply_script models_script(const llm_fault& fault, bool keep_alive) {
  if (auto script = plain_fault(fault, keep_alive))
    return std::move(*script);
  const auto body
    = json{{"object", "list"},
           {"data", json::array({json{{"id", "mock-llm"},
                                      {"object", "model"},
                                      {"created", created},
                                      {"owned_by", "mock-llm"}}})}}
        .dump();
  return deliver(fault, body, keep_alive);
}

} // namespace riskbreaker::transport
