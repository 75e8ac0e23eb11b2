#pragma once

#include "core/json.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace riskbreaker::core {

/// The three things we asked the model for.
struct assessment_object {
  double risk_score = 0;
  double confidence = 0;
  std::string reasoning;
};

/// What a search of the model's text brought.
struct object_search {
  std::optional<assessment_object> found;
  bool truncated = false;   ///< the model was still thinking
  const char* problem = ""; ///< why nothing is found
};

/// The same for several pairs, in their order.
struct pairs_search {
  std::vector<object_search> pairs; ///< empty where `truncated`
  bool truncated = false;
};

inline constexpr const char* unending_thought = "the thought does not end";

/// Looks for the one object with the required keys in what the model wrote:
/// alone, in fences, amid prose, under the pair's name, or as the only element
/// of an array. Nothing is repaired: brackets that do not close as JSON are
/// prose, and what stands in them is not looked at. Linear in the text.
object_search find_assessment(std::string_view text, std::string_view pair,
                              const json_parser& parse);

/// Looks for one such object for each of `pairs` (all different): under the
/// pair's name, or naming it as its `pair`, wherever it is nested. What is
/// wrong with one pair is no harm to the others.
pairs_search find_assessments(std::string_view text,
                              const std::vector<std::string_view>& pairs,
                              const json_parser& parse);

} // namespace riskbreaker::core
