#pragma once

#include "core/json.hpp"
#include "core/llm/answer_error.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace riskbreaker::core {

/// How the model's text came to its end.
enum class choice_ending : std::uint8_t {
  complete,     ///< there is a text to read
  cut,          ///< the limit of tokens was reached
  refused,      ///< by the model or by a content filter
  server_error, ///< generation broke off
  unreadable,   ///< no choice, or no text in it
};

/// The first choice of a chat completion.
struct chat_choice {
  choice_ending ending = choice_ending::unreadable;
  std::string content;             ///< text parts joined
  std::optional<error_view> error; ///< some gateways put it into the choice
  const char* problem = "";
};

/// Reads `choices[0]` of a reply's body.
chat_choice read_choice(const json& body);

} // namespace riskbreaker::core
