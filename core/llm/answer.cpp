#include "core/llm/answer.hpp"

#include "core/llm/answer_body.hpp"

#include <utility>

namespace riskbreaker::core {

namespace {

/// The failure of a text in which nothing was found.
call_failure without_answer(cause why, const char* problem, model_text& text) {
  auto result = with_detail(failure_of(why), problem, text.content);
  result.usage = text.usage;
  return result;
}

shared_reading shared(reading&& x) {
  if (auto* failure = std::get_if<call_failure>(&x))
    return std::move(*failure);
  auto& one = std::get<model_answer>(x);
  shared_answer result;
  result.pairs.push_back(assessment_object{one.risk_score, one.confidence,
                                           std::move(one.reasoning)});
  result.model = std::move(one.model);
  result.usage = one.usage;
  return result;
}

} // namespace

reading read_reply(const http_reply& reply, std::string_view pair,
                   const json_parser& parse, unix_ms wall) {
  auto got = read_text(reply, parse, wall);
  if (auto* failure = std::get_if<call_failure>(&got))
    return std::move(*failure);
  auto& text = std::get<model_text>(got);
  auto search = find_assessment(text.content, pair, parse);
  if (!search.found)
    return without_answer(search.truncated ? cause::llm_truncated
                                           : cause::llm_malformed,
                          search.problem, text);
  model_answer result;
  result.risk_score = search.found->risk_score;
  result.confidence = search.found->confidence;
  result.reasoning = std::move(search.found->reasoning);
  result.model = std::move(text.model);
  result.usage = text.usage;
  return result;
}

shared_reading read_shared_reply(const http_reply& reply,
                                 const std::vector<std::string_view>& pairs,
                                 const json_parser& parse, unix_ms wall) {
  if (pairs.size() == 1)
    return shared(read_reply(reply, pairs.front(), parse, wall));
  auto got = read_text(reply, parse, wall);
  if (auto* failure = std::get_if<call_failure>(&got))
    return std::move(*failure);
  auto& text = std::get<model_text>(got);
  auto search = find_assessments(text.content, pairs, parse);
  if (search.truncated)
    return without_answer(cause::llm_truncated, unending_thought, text);
  shared_answer result;
  bool any = false;
  for (std::size_t n = 0; n < pairs.size(); ++n) {
    auto& one = search.pairs[n];
    any = any || one.found;
    if (!one.found) {
      result.problems += result.problems.empty() ? "" : "; ";
      result.problems.append(pairs[n]).append(": ").append(one.problem);
    }
    result.pairs.push_back(std::move(one.found));
  }
  if (!any)
    return without_answer(cause::llm_malformed, "no pair has a clear answer",
                          text);
  result.model = std::move(text.model);
  result.usage = text.usage;
  return result;
}

} // namespace riskbreaker::core
