#pragma once

#include "transport/llm_fault.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace riskbreaker::transport {

/// `bytes` to send, `times` over or one by one; `before` each sending.
struct reply_step {
  std::string bytes;
  core::milliseconds before{0};
  std::size_t times = 1;
  bool bytewise = false;
};

/// What happens to the connection after the last step.
enum class reply_end : std::uint8_t { keep, close, hang, reset };

/// Everything the simulator does in answer to one request, as data.
struct reply_script {
  std::vector<reply_step> steps;
  reply_end end = reply_end::keep;
};

/// What matters of a chat request.
struct chat_question {
  std::string model;
  std::string user; ///< the text of all user messages
  std::size_t prompt_bytes = 0;
};

/// Nothing if the body is no chat request.
std::optional<chat_question> read_chat_question(std::string_view body);

/// A whole response, headers and all.
reply_script whole_response(unsigned status, std::string_view body,
                            bool keep_alive);

/// An error as an OpenAI-compatible server words it.
std::string error_body(std::string_view message, std::string_view type,
                       std::string_view code);

/// The response to a chat request under `fault`; `refuse` and `flaky` count as
/// `ok` here, the server itself sees to them.
reply_script chat_script(const llm_fault& fault, const chat_question& question,
                         std::uint64_t seed, bool keep_alive);

/// The response to a request for the list of models. Faults that only change
/// the text of an answer do not show here.
reply_script models_script(const llm_fault& fault, bool keep_alive);

} // namespace riskbreaker::transport
