#include "core/scoring/assessment.hpp"

namespace riskbreaker::core {

const char* to_string(answer_source x) noexcept {
  switch (x) {
    case answer_source::llm:
      return "llm";
    case answer_source::llm_cached:
      return "llm_cached";
    case answer_source::fallback:
      return "fallback";
  }
  return "unknown";
}

} // namespace riskbreaker::core
