#pragma once

#include "core/llm/prompt.hpp"

#include <string>

namespace riskbreaker::transport {

/// How much structure the endpoint takes in an answer. The strictest is asked
/// for until the endpoint says that it does not take it.
enum class answer_format { json_schema, json_object, plain };

/// Parts of a chat request that an endpoint may not take.
struct chat_options {
  answer_format format = answer_format::json_schema;
  bool max_tokens = true;
  bool temperature = true;

  friend bool operator==(const chat_options&, const chat_options&) = default;
};

/// The body of `POST {url}/chat/completions`.
std::string encode_chat(const std::string& model, const core::prompt& prompt,
                        const chat_options& options);

} // namespace riskbreaker::transport
