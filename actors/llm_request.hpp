#pragma once

#include "core/llm/prompt.hpp"
#include "messages/llm.hpp"
#include "transport/chat_codec.hpp"
#include "transport/http_client.hpp"

#include <string_view>
#include <vector>

namespace riskbreaker::actors {

/// The prompt for all requests of a call.
core::prompt prompt_of(const messages::llm_call& x);

/// The pairs that a call asks about, in the order of its requests; they live as
/// long as the call.
std::vector<std::string_view> pairs_of(const messages::llm_call& x);

/// One attempt as an HTTP request. The endpoint's key stands in one header of
/// it and nowhere else.
transport::http_request
request_of(const core::endpoint& x, const core::prompt& prompt,
           const transport::chat_options& options, core::milliseconds timeout);

} // namespace riskbreaker::actors
