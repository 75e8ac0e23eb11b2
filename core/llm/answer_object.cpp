#include "core/llm/answer_object.hpp"

#include "core/llm/answer_number.hpp"
#include "core/llm/answer_text.hpp"
#include "core/llm/answer_walk.hpp"

#include <algorithm>
#include <utility>

namespace riskbreaker::core {

namespace {

constexpr std::string_view score_key = "risk_score";
constexpr std::string_view confidence_key = "confidence";
constexpr std::string_view pair_key = "pair";
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

/// What was said about one pair; all of it must say the same.
class one_answer {
public:
  void add(const json& object) {
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

  void spoil(const char* problem) {
    problem_ = problem;
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
  std::optional<assessment_object> found_;
  const char* problem_ = "";
};

/// Gathers what a text says about one pair, which it need not name.
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
      answer_.add(value);
    for (auto& [name, member] : *value.members())
      if (name == pair_)
        any |= add(member);
    return any;
  }

  object_search result() && {
    return std::move(answer_).result();
  }

private:
  bool add_array(const json::array& elements) {
    bool any = false;
    for (auto& element : elements)
      any |= add(element);
    if (any && elements.size() > 1)
      answer_.spoil("an answer among other elements of an array");
    return any;
  }

  std::string_view pair_;
  one_answer answer_;
};

/// Gathers what a text says about several pairs. Each object belongs to the
/// pair that it names as its `pair`, or under whose name it stands; one that
/// does neither could be anybody's, and is nobody's.
class pairs_collector {
public:
  explicit pairs_collector(const std::vector<std::string_view>& pairs)
    : pairs_(pairs), answers_(pairs.size()) {
    // nop
  }

  void add(const json& value) {
    if (auto* elements = value.elements()) {
      for (auto& element : *elements)
        add(element);
      return;
    }
    if (!value.members())
      return;
    if (auto* name = value.find(pair_key); name && name->string()) {
      add_for(*name->string(), value);
      return;
    }
    for (auto& [name, member] : *value.members())
      if (!add_for(name, member))
        add(member);
  }

  std::vector<object_search> result() && {
    std::vector<object_search> out;
    for (auto& x : answers_)
      out.push_back(std::move(x).result());
    return out;
  }

private:
  /// False: that is no pair of ours.
  bool add_for(std::string_view name, const json& value) {
    auto i = std::find(pairs_.begin(), pairs_.end(), name);
    if (i == pairs_.end())
      return false;
    auto& answer = answers_[static_cast<std::size_t>(i - pairs_.begin())];
    const auto* object = &value;
    if (auto* list = value.elements(); list && list->size() == 1)
      object = &list->front();
    auto* other = object->find(pair_key);
    if (other && other->string() && *other->string() != name)
      answer.spoil("an answer under another pair's name");
    else if (object->members())
      answer.add(*object);
    else
      answer.spoil("no object");
    return true;
  }

  const std::vector<std::string_view>& pairs_;
  std::vector<one_answer> answers_;
};

} // namespace

object_search find_assessment(std::string_view text, std::string_view pair,
                              const json_parser& parse) {
  collector answers{pair};
  auto whole = walk_answer(text, score_key, parse,
                           {[&](const json& x) { answers.add(x); },
                            [&] {
                              answers = collector{pair};
                            }});
  if (!whole)
    return {std::nullopt, true, unending_thought};
  return std::move(answers).result();
}

pairs_search find_assessments(std::string_view text,
                              const std::vector<std::string_view>& pairs,
                              const json_parser& parse) {
  std::optional<pairs_collector> answers{pairs};
  auto whole = walk_answer(text, score_key, parse,
                           {[&](const json& x) { answers->add(x); },
                            [&] {
                              answers.emplace(pairs);
                            }});
  if (!whole)
    return {{}, true};
  return {std::move(*answers).result(), false};
}

} // namespace riskbreaker::core
