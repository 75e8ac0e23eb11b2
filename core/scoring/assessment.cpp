#include "core/scoring/assessment.hpp"

#include <utility>

namespace riskbreaker::core {

std::shared_ptr<const llm_report>
share_of(const std::shared_ptr<const llm_report>& whole, std::size_t n,
         std::size_t total, std::string reasoning) {
  if (!whole)
    return nullptr;
  // The first ones carry what does not divide.
  auto part = [&](std::uint64_t x) {
    return x / total + (n < x % total ? 1 : 0);
  };
  auto out = std::make_shared<llm_report>(*whole);
  out->prompt_tokens = part(whole->prompt_tokens);
  out->completion_tokens = part(whole->completion_tokens);
  out->cost_usd = whole->cost_usd / static_cast<double>(total);
  out->reasoning = std::move(reasoning);
  return out;
}

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
