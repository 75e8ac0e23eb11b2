#pragma once

#include "core/cause.hpp"
#include "core/json.hpp"
#include "core/llm/answer_object.hpp"
#include "core/llm/http_reply.hpp"
#include "core/llm/usage.hpp"
#include "core/time.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace riskbreaker::core {

/// A score from the model. Both numbers were really in the answer.
struct model_answer {
  double risk_score = 0; ///< 0–100, higher is riskier
  double confidence = 0; ///< 0–1
  std::string reasoning; ///< at most 1,000 characters; untrusted text
  std::string model;     ///< as the server names it; may be empty
  std::optional<token_usage> usage;
};

/// Why an attempt brought no score.
struct call_failure {
  cause why = cause::llm_malformed;
  call_verdict verdict = call_verdict::failure;
  bool retryable = false;
  /// Names the request parameter that the server does not take, if that was
  /// it: "max_tokens", "temperature" or "response_format".
  std::optional<std::string> unsupported_parameter;
  std::optional<milliseconds> retry_after;
  std::string detail; ///< one line for the log, cut; no secrets
  std::optional<token_usage> usage;
};

using reading = std::variant<model_answer, call_failure>;

/// What the model said about several pairs, in their order.
struct shared_answer {
  std::vector<std::optional<assessment_object>>
    pairs;              ///< one is there, or more
  std::string problems; ///< which pairs have none and why, for the log
  std::string model;
  std::optional<token_usage> usage;
};

using shared_reading = std::variant<shared_answer, call_failure>;

/// Reads what one attempt brought; `spec/llm.md`, "Answer". `pair` finds an
/// answer nested under the pair's name; `wall` turns an HTTP-date into a wait.
/// Never throws on any input.
reading read_reply(const http_reply& reply, std::string_view pair,
                   const json_parser& parse, unix_ms wall);

/// The same for the answer to a prompt for `pairs`, all different. A pair that
/// is missing in it, or has no clear numbers, costs the others nothing; without
/// any the answer is malformed. One pair alone is read as by `read_reply`.
shared_reading read_shared_reply(const http_reply& reply,
                                 const std::vector<std::string_view>& pairs,
                                 const json_parser& parse, unix_ms wall);

} // namespace riskbreaker::core
