#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace riskbreaker::core {

/// Length of the well-formed UTF-8 sequence at `pos`, or 0 if there is none.
std::size_t utf8_length(std::string_view text, std::size_t pos) noexcept;

/// Appends the first `max_chars` code points of `text`: control characters
/// become `filler` (nothing where it is 0), broken bytes U+FFFD.
void append_clean(std::string& out, std::string_view text,
                  std::size_t max_chars, char filler);

/// One printable line of at most `max_bytes`: what is not printable UTF-8
/// stands as `\xNN`, and what looks like a key is masked.
std::string excerpt(std::string_view text, std::size_t max_bytes);

/// Replaces every `secret` in `text` by "***", also where it is escaped as in
/// JSON ("\\/", "\\u002f") or percent-encoded. Meant for a reply's body before
/// anything reads it: servers are known to quote the key they refuse.
void mask_secret(std::string& text, std::string_view secret);

/// Without blanks (space, tab, CR, LF) at both ends.
std::string_view trim(std::string_view text) noexcept;

/// Case-insensitive in ASCII, whatever the locale is.
bool equals_ignoring_case(std::string_view a, std::string_view b) noexcept;

/// Position of `lower` (in lower case) at or after `from`, ignoring case in
/// ASCII, or npos.
std::size_t find_ignoring_case(std::string_view text, std::string_view lower,
                               std::size_t from = 0) noexcept;

} // namespace riskbreaker::core
