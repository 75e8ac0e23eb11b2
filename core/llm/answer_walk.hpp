#pragma once

#include "core/json.hpp"

#include <functional>
#include <string_view>

namespace riskbreaker::core {

/// Who is told what stands in a model's text.
struct answer_visitor {
  std::function<void(const json&)> value;
  /// All that was told before was a thought and no answer.
  std::function<void()> forget;
};

/// Tells of every JSON object or array in `text` that holds `key`: alone, in
/// fences or amid prose, but not inside `<think>`. Nothing is repaired:
/// brackets that do not close as JSON are prose, and what stands in them is not
/// looked at. Linear in the text. False: a thought does not end.
[[nodiscard]] bool walk_answer(std::string_view text, std::string_view key,
                               const json_parser& parse,
                               const answer_visitor& visitor);

} // namespace riskbreaker::core
