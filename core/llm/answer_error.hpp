#pragma once

#include "core/llm/answer.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace riskbreaker::core {

/// What a server says went wrong, from the many shapes in which it is said.
struct error_view {
  std::optional<long> status; ///< 300–599, as the body has it
  std::string code;
  std::string type;
  std::string param;
  std::string message;

  /// Whether it says that nothing is left to pay with: a status of 429 does
  /// not tell that from a rate limit.
  bool is_quota() const;

  /// Whether it says that the key is refused.
  bool is_auth() const;

  /// The request parameter that the server does not take, if that is it:
  /// "max_tokens", "temperature", "response_format", or "json_schema" where
  /// only that kind of `response_format` is refused.
  std::optional<std::string> unsupported_parameter() const;
};

/// The only element of an array of one, or `value` itself: some servers wrap
/// their errors so.
const json& unwrap_single(const json& value);

/// The error that a body of a 2xx reply, or a choice in it, holds.
std::optional<error_view> find_error(const json& holder);

/// The error that the body of any other reply holds, as far as it does.
error_view describe_error(const json& body);

/// Cause, verdict and whether to try again, by status. `status` is no 2xx.
call_failure classify(long status, const error_view& error);

/// The same where no complete response came.
call_failure classify(http_fault fault);

} // namespace riskbreaker::core
