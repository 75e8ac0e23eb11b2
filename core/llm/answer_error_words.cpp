#include "core/llm/answer_error.hpp"
#include "core/llm/answer_text.hpp"

#include <array>

// Statuses are few and mean much; what a server does not like stands in words.

namespace riskbreaker::core {

namespace {

constexpr std::string_view format_parameter = "response_format";
constexpr std::string_view schema_parameter = "json_schema";

/// Whether one of `phrases`, in lower case, is in `text`.
template <std::size_t N>
bool has_one_of(std::string_view text,
                const std::array<std::string_view, N>& phrases) {
  for (auto phrase : phrases)
    if (find_ignoring_case(text, phrase) != std::string_view::npos)
      return true;
  return false;
}

bool is_name_char(char c) noexcept {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z')
         || (c >= 'A' && c <= 'Z') || c == '_';
}

/// Position of `name` as a whole identifier, or npos.
std::size_t find_name(std::string_view text, std::string_view name) {
  for (auto pos = text.find(name); pos != std::string_view::npos;
       pos = text.find(name, pos + 1)) {
    auto end = pos + name.size();
    if ((pos == 0 || !is_name_char(text[pos - 1]))
        && (end == text.size() || !is_name_char(text[end])))
      return pos;
  }
  return std::string_view::npos;
}

/// Whether the words mean "I do not take that", rather than a bad value.
bool says_unsupported(std::string_view text) {
  constexpr std::array<std::string_view, 11> phrases{
    "unsupported",   "not support", "n't support",     "unknown",
    "unrecognized",  "unexpected",  "not permitted",   "not allowed",
    "not available", "unavailable", "extra_forbidden",
  };
  return has_one_of(text, phrases);
}

/// Whether a part of `response_format` is named, as "response_format.type";
/// a full stop may also end a sentence.
bool names_part(std::string_view text) {
  constexpr std::string_view start = "response_format.";
  for (auto pos = text.find(start); pos != std::string_view::npos;
       pos = text.find(start, pos + 1))
    if (auto next = pos + start.size();
        next < text.size() && is_name_char(text[next]))
      return true;
  return false;
}

/// Whether the kind of format is what is not taken, and not every format:
/// Groq says "does not support response format `json_schema`", DeepSeek "This
/// response_format type is unavailable now", OpenAI "Invalid schema for
/// response_format", llama.cpp "failed to parse grammar", which it makes of a
/// schema.
bool names_schema(std::string_view param, std::string_view message) {
  constexpr std::array<std::string_view, 3> words{
    "response_format type", "schema for response_format", "parse grammar"};
  constexpr std::array<std::string_view, 1> feature{"structured output"};
  return names_part(param) || names_part(message)
         || find_name(message, schema_parameter) != std::string_view::npos
         || has_one_of(message, words)
         || (has_one_of(message, feature) && says_unsupported(message));
}

/// Google's and SiliconFlow's name for it: "JSON mode is not enabled for …".
bool names_json_mode(std::string_view message) {
  constexpr std::array<std::string_view, 2> phrases{
    "json mode is not enabled", "json mode is not supported"};
  return has_one_of(message, phrases);
}

} // namespace

bool error_view::is_quota() const {
  // OpenAI, new-api, Moonshot.
  constexpr std::array<std::string_view, 5> codes{
    "insufficient_quota", "billing_hard_limit_reached", "billing_not_active",
    "insufficient_user_quota", "exceeded_current_quota_error"};
  // DeepSeek, nano-gpt and Zhipu; OpenRouter.
  constexpr std::array<std::string_view, 3> phrases{
    "insufficient_quota", "insufficient balance", "insufficient credits"};
  for (auto known : codes)
    if (code == known || type == known)
      return true;
  return has_one_of(message, phrases);
}

bool error_view::is_auth() const {
  constexpr std::array<std::string_view, 2> phrases{"api key not valid",
                                                    "api key expired"};
  return code == "invalid_api_key" || type == "authentication_error"
         || has_one_of(message, phrases);
}

std::optional<std::string> error_view::unsupported_parameter() const {
  constexpr std::array<std::string_view, 3> ours{"max_tokens", "temperature",
                                                 format_parameter};
  // The schema is ours and the same in each call: whatever is said of it, it
  // will be said again.
  if (names_schema(param, message))
    return std::string{schema_parameter};
  if (names_json_mode(message))
    return std::string{format_parameter};
  if (!says_unsupported(code) && !says_unsupported(message))
    return std::nullopt;
  auto top = std::string_view{param}.substr(0, param.find('.'));
  for (auto name : ours)
    if (top == name)
      return std::string{name};
  // The first that is named is meant: "… 'max_tokens' is not supported …".
  std::optional<std::string> result;
  auto first = std::string_view::npos;
  for (auto name : ours)
    if (auto pos = find_name(message, name); pos < first) {
      first = pos;
      result = std::string{name};
    }
  return result;
}

} // namespace riskbreaker::core
