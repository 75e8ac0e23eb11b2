#include "core/llm/answer_choice.hpp"

#include "core/llm/answer_text.hpp"

namespace riskbreaker::core {

namespace {

const json* find_path(const json& from, std::string_view a,
                      std::string_view b) {
  auto* inner = from.find(a);
  return inner ? inner->find(b) : nullptr;
}

const std::string* text_of(const json* value) {
  return value ? value->string() : nullptr;
}

bool is_blank(const std::string* text) {
  return !text || trim(*text).empty();
}

/// Beyond OpenAI's names, those that other servers are known to use. Gateways
/// hand Google's and Anthropic's through as they are.
choice_ending ending_of(std::string_view reason) {
  auto is_one_of = [&](auto... names) {
    return (equals_ignoring_case(reason, names) || ...);
  };
  if (is_one_of("length", "max_tokens", "model_length",
                "model_context_window_exceeded"))
    return choice_ending::cut;
  // "content_filter: RECITATION" has been seen too.
  if (find_ignoring_case(reason, "content_filter") == 0
      || is_one_of("refusal", "safety", "recitation", "blocklist",
                   "prohibited_content", "spii", "sensitive"))
    return choice_ending::refused;
  if (is_one_of("error", "insufficient_system_resource", "network_error",
                "abort"))
    return choice_ending::server_error;
  return choice_ending::complete;
}

/// Joins the parts that are text. A part may refuse; those of other types,
/// such as thoughts and images, are no content.
void join_parts(chat_choice& out, const json::array& parts) {
  for (auto& part : parts) {
    if (auto* plain = part.string()) {
      out.content += *plain;
      continue;
    }
    auto* type = text_of(part.find("type"));
    if (type && *type == "refusal")
      out.ending = choice_ending::refused;
    else if (!type || *type == "text" || *type == "output_text")
      if (auto* text = text_of(part.find("text")))
        out.content += *text;
  }
}

} // namespace

chat_choice read_choice(const json& body) {
  chat_choice result;
  auto* choices = body.find("choices");
  auto* list = choices ? choices->elements() : nullptr;
  if (!list || list->empty() || !list->front().members()) {
    result.problem = "no choices";
    return result;
  }
  auto& first = list->front();
  auto* reason = text_of(first.find("finish_reason"));
  result.ending = reason ? ending_of(*reason) : choice_ending::complete;
  if (result.ending != choice_ending::server_error) {
    result.error = find_error(first);
    if (result.error)
      return result;
  }
  if (auto* content = find_path(first, "message", "content")) {
    if (auto* text = content->string())
      result.content = *text;
    else if (auto* parts = content->elements())
      join_parts(result, *parts);
  }
  if (result.ending == choice_ending::complete
      && !is_blank(text_of(find_path(first, "message", "refusal"))))
    result.ending = choice_ending::refused;
  if (result.ending == choice_ending::complete && is_blank(&result.content)) {
    result.ending = choice_ending::unreadable;
    result.problem = "no content";
  } else if (result.ending == choice_ending::cut) {
    result.problem = "cut by the limit of tokens";
  } else if (result.ending == choice_ending::refused) {
    result.problem = "refused";
  }
  return result;
}

} // namespace riskbreaker::core
