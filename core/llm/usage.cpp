#include "core/llm/usage.hpp"

#include "core/llm/answer_error.hpp"

#include <algorithm>
#include <string_view>

namespace riskbreaker::core {

namespace {

/// A whole number over 0. No request and no text is of 0 tokens: servers that
/// say so do not count.
std::optional<std::uint64_t> read_count(const json* usage,
                                        std::string_view key) {
  constexpr double exact = 9'007'199'254'740'992.0; // 2^53
  auto* member = usage ? usage->find(key) : nullptr;
  auto* number = member ? member->number() : nullptr;
  if (!number || !(*number >= 1 && *number < exact))
    return std::nullopt;
  auto count = static_cast<std::uint64_t>(*number);
  if (static_cast<double>(count) != *number)
    return std::nullopt;
  return count;
}

/// The same by OpenAI's older name, or else by its newer one.
std::optional<std::uint64_t> read_count(const json* usage, std::string_view key,
                                        std::string_view other) {
  auto result = read_count(usage, key);
  return result ? result : read_count(usage, other);
}

std::size_t size_of(const json* text) {
  auto* string = text ? text->string() : nullptr;
  return string ? string->size() : 0;
}

/// Of a text, or of parts: `{"type": "text", "text": "..."}`, and
/// `{"type": "thinking", "thinking": [parts]}` as Mistral has it.
std::size_t text_size(const json* content) {
  auto* parts = content ? content->elements() : nullptr;
  if (!parts)
    return size_of(content);
  std::size_t result = 0;
  for (auto& part : *parts)
    result += size_of(&part) + size_of(part.find("text"))
              + text_size(part.find("thinking"));
  return result;
}

/// All that the model wrote. Servers that show the thoughts under two names
/// mean the same thoughts.
std::size_t completion_size(const json& body) {
  auto* choices = body.find("choices");
  auto* list = choices ? choices->elements() : nullptr;
  if (!list)
    return 0;
  std::size_t result = 0;
  for (auto& choice : *list) {
    auto* message = choice.find("message");
    if (!message)
      continue;
    std::size_t thoughts = 0;
    for (auto key : {"reasoning_content", "reasoning", "thinking"})
      thoughts = std::max(thoughts, text_size(message->find(key)));
    result += thoughts + text_size(message->find("content"))
              + text_size(message->find("refusal"));
  }
  return result;
}

} // namespace

std::optional<token_usage> read_usage(const json& holder) {
  auto& body = unwrap_single(holder);
  auto* usage = body.find("usage");
  auto prompt = read_count(usage, "prompt_tokens", "input_tokens");
  auto completion = read_count(usage, "completion_tokens", "output_tokens");
  auto total = read_count(usage, "total_tokens");
  if (!prompt && completion && total && *total > *completion)
    prompt = *total - *completion;
  // Some count thoughts in the total alone; they are charged all the same.
  if (prompt && total && *total > *prompt)
    completion = std::max(completion.value_or(0), *total - *prompt);
  auto written = completion_size(body);
  if (!prompt && !completion && written == 0)
    return std::nullopt;
  auto estimated = !prompt || (!completion && written > 0);
  return token_usage{prompt, completion.value_or(estimate_tokens(written)),
                     estimated};
}

} // namespace riskbreaker::core
