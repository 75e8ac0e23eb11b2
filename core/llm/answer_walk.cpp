#include "core/llm/answer_walk.hpp"

#include "core/llm/answer_span.hpp"
#include "core/llm/answer_text.hpp"

namespace riskbreaker::core {

namespace {

/// Length of `<think>` or `</think>` at `pos`, or 0.
std::size_t tag_length(std::string_view text, std::size_t pos,
                       std::string_view name) {
  if (!equals_ignoring_case(text.substr(pos, name.size()), name))
    return 0;
  auto end = text.find_first_not_of(" \t\r\n", pos + name.size());
  if (end == std::string_view::npos || text[end] != '>')
    return 0;
  return end + 1 - pos;
}

constexpr std::string_view open_tag = "<think";
constexpr std::string_view close_tag = "</think";

/// Where the thought that begins before `pos` is over, or npos.
std::size_t end_of_thought(std::string_view text, std::size_t pos) {
  for (;;) {
    pos = find_ignoring_case(text, close_tag, pos);
    if (pos == std::string_view::npos)
      return pos;
    if (auto length = tag_length(text, pos, close_tag))
      return pos + length;
    pos += close_tag.size();
  }
}

} // namespace

bool walk_answer(std::string_view text, std::string_view key,
                 const json_parser& parse, const answer_visitor& visitor) {
  for (std::size_t pos = 0;;) {
    pos = text.find_first_of("{[<", pos);
    if (pos == std::string_view::npos)
      return true;
    if (text[pos] == '<') {
      if (auto length = tag_length(text, pos, open_tag)) {
        pos = end_of_thought(text, pos + length);
        if (pos == std::string_view::npos)
          return false;
      } else if (auto closing = tag_length(text, pos, close_tag)) {
        // Some servers swallow the opening tag: all before was a thought.
        visitor.forget();
        pos += closing;
      } else {
        ++pos;
      }
      continue;
    }
    auto span = scan_span(text, pos);
    auto candidate = text.substr(pos, span.end - pos);
    // The search for the key, which may be escaped, spares the parser what
    // cannot be an answer.
    auto may_hold = [candidate](std::string_view what) {
      return candidate.find(what) != std::string_view::npos;
    };
    if (span.complete && (may_hold(key) || may_hold("\\u")))
      if (auto value = parse(candidate))
        visitor.value(*value);
    pos = span.end;
  }
}

} // namespace riskbreaker::core
