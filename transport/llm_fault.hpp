#pragma once

#include "core/time.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace riskbreaker::transport {

/// The ways in which the simulated LLM can go wrong, as they were seen at real
/// endpoints.
enum class llm_fault_kind : std::uint8_t {
  ok,
  slow,                  ///< answers after `wait`
  hang,                  ///< takes the request, sends nothing
  hang_after_headers,    ///< sends the headers, then nothing
  drip,                  ///< one byte each `wait`
  keepalive_blank_lines, ///< a blank line each second, the answer after `wait`
  status,                ///< `number` with a JSON or HTML body
  error_in_200,          ///< 200 whose body is an error with code `number`
  empty,                 ///< 200 without a body
  cut_body,              ///< the connection ends in mid-body
  malformed,             ///< 200 whose body is no JSON
  no_choices,
  null_content,
  truncated,    ///< `finish_reason: length` and half a content
  refused,      ///< `finish_reason: content_filter`
  fenced,       ///< right, inside a code fence
  think,        ///< right, behind a <think> block with a decoy
  prose,        ///< right, between sentences with brackets
  out_of_range, ///< a score of 150, for every pair
  one_bad_pair, ///< a score of 150 for the last pair of a batch
  reset,        ///< the connection is reset
  refuse,       ///< the port is closed, for `wait` unless that is 0
  flaky,        ///< every `number`-th request gets a 500
  quota,        ///< 429 insufficient_quota
  auth,         ///< 401 invalid_api_key
};

inline constexpr std::size_t llm_fault_count = 25;

const char* to_string(llm_fault_kind x) noexcept;

/// One fault with what it needs.
struct llm_fault {
  llm_fault_kind kind = llm_fault_kind::ok;
  core::milliseconds wait{0};
  unsigned number = 0;
  std::string retry_after; ///< sent as it stands with an error status
  bool html = false;       ///< an error page instead of JSON
};

/// The text that `parse_llm_fault` reads back.
std::string to_string(const llm_fault& x);

/// Reads `KIND[:NUMBER][+html][+retry_after=TEXT]`, e.g. "slow:2.5" or
/// "status:503+retry_after=2"; the other possibility is what is wrong with it.
std::variant<llm_fault, std::string> parse_llm_fault(std::string_view text);

/// Reads the body of a control request: the text above, or a JSON object
/// `{"fault":"status:503","retry_after":"2","body":"html"}`.
std::variant<llm_fault, std::string>
parse_llm_fault_body(std::string_view body);

/// From `at` after the start on, `fault` holds.
struct llm_timeline_entry {
  core::milliseconds at{0};
  llm_fault fault;
};

using llm_timeline = std::vector<llm_timeline_entry>;

/// Reads `SECONDS:FAULT,…` with ascending seconds, e.g.
/// "0:ok,30:hang,60:status:503,90:ok".
std::variant<llm_timeline, std::string>
parse_llm_timeline(std::string_view text);

} // namespace riskbreaker::transport
