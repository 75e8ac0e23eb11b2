#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace riskbreaker::transport {

inline constexpr std::string_view json_type = "application/json";

/// What the head of an HTTP/1.1 response says.
struct head_fields {
  unsigned status = 200;
  std::string_view type = json_type;
  std::optional<std::size_t> length; ///< nothing: chunked
  bool keep_alive = true;
  std::string more; ///< whole lines
};

/// The usual words for a status; "Simulated" for an unusual one.
const char* reason_phrase(unsigned status) noexcept;

/// The status line, the headers and the blank line.
std::string make_head(const head_fields& fields);

/// `bytes` as one chunk of a chunked body; empty for the last.
std::string make_chunk(std::string_view bytes);

} // namespace riskbreaker::transport
