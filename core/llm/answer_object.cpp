#include "core/llm/answer_object.hpp"

#include "core/llm/answer_number.hpp"
#include "core/llm/answer_span.hpp"
#include "core/llm/answer_text.hpp"

namespace riskbreaker::core {

namespace {

constexpr std::string_view score_key = "risk_score";
constexpr std::string_view confidence_key = "confidence";
constexpr std::size_t max_reasoning = 1'000;

using number_reader = std::optional<double> (*)(const json&);

/// Reads all members of that name; nothing if one is unreadable or if they do
/// not agree.
std::optional<double> read_all(const json& object, std::string_view key,
                               number_reader read) {
  std::optional<double> result;
  for (auto& [name, member] : *object.members()) {
    if (name != key)
      continue;
    auto x = read(member);
    if (!x || (result && *result != *x))
      return std::nullopt;
    result = x;
  }
  return result;
}

/// Gathers every complete answer; all of them must say the same.
class collector {
public:
  explicit collector(std::string_view pair) : pair_(pair) {
    // nop
  }

  /// Returns whether there is an answer in `value`, readable or not.
  bool add(const json& value) {
    if (auto* elements = value.elements())
      return add_array(*elements);
    if (!value.members())
      return false;
    bool any = value.find(score_key) && value.find(confidence_key);
    if (any)
      add_object(value);
    for (auto& [name, member] : *value.members())
      if (name == pair_)
        any |= add(member);
    return any;
  }

  object_search result() && {
    object_search out;
    out.problem = problem_;
    if (!found_)
      out.problem = *problem_ ? problem_ : "no object with the required keys";
    else if (!*problem_)
      out.found = std::move(found_);
    return out;
  }

private:
  bool add_array(const json::array& elements) {
    bool any = false;
    for (auto& element : elements)
      any |= add(element);
    if (any && elements.size() > 1)
      problem_ = "an answer among other elements of an array";
    return any;
  }

  void add_object(const json& object) {
    auto score = read_all(object, score_key, read_risk_score);
    auto confidence = read_all(object, confidence_key, read_confidence);
    if (!score) {
      problem_ = "risk_score is no clear number from 0 to 100";
    } else if (!confidence) {
      problem_ = "confidence is no clear number from 0 to 1";
    } else if (!found_) {
      found_ = assessment_object{*score, *confidence, {}};
      if (auto* reasoning = object.find("reasoning"))
        if (auto* text = reasoning->string())
          append_clean(found_->reasoning, *text, max_reasoning, ' ');
    } else if (found_->risk_score != *score
               || found_->confidence != *confidence) {
      problem_ = "two different answers";
    }
  }

  std::string_view pair_;
  std::optional<assessment_object> found_;
  const char* problem_ = "";
};

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

object_search find_assessment(std::string_view text, std::string_view pair,
                              const json_parser& parse) {
  collector answers{pair};
  for (std::size_t pos = 0;;) {
    pos = text.find_first_of("{[<", pos);
    if (pos == std::string_view::npos)
      return std::move(answers).result();
    if (text[pos] == '<') {
      if (auto length = tag_length(text, pos, open_tag)) {
        pos = end_of_thought(text, pos + length);
        if (pos == std::string_view::npos)
          return {std::nullopt, true, "the thought does not end"};
      } else if (auto closing = tag_length(text, pos, close_tag)) {
        // Some servers swallow the opening tag: all before was a thought.
        answers = collector{pair};
        pos += closing;
      } else {
        ++pos;
      }
      continue;
    }
    auto span = scan_span(text, pos);
    auto candidate = text.substr(pos, span.end - pos);
    // The search for the key spares the parser what cannot be an answer.
    if (span.complete && candidate.find(score_key) != std::string_view::npos)
      if (auto value = parse(candidate))
        answers.add(*value);
    pos = span.end;
  }
}

} // namespace riskbreaker::core
