#pragma once

#include "core/llm/answer.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace riskbreaker::core {

/// A text that the model wrote, whole and willingly.
struct model_text {
  std::string content;
  std::string model; ///< as the server names it; may be empty
  std::optional<token_usage> usage;
};

/// Takes the text out of what one attempt brought, or says why there is none:
/// the order of checks of `spec/llm.md`, "Answer", up to the content.
std::variant<model_text, call_failure>
read_text(const http_reply& reply, const json_parser& parse, unix_ms wall);

/// A failure of that cause which is not worth a retry.
call_failure failure_of(cause why);

/// Describes the failure: `what`, and a short excerpt of `text`.
call_failure with_detail(call_failure x, std::string_view what,
                         std::string_view text);

} // namespace riskbreaker::core
