#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace riskbreaker::config {

/// Something in the configuration that cannot stand, or (as a warning) should
/// be looked at.
struct config_error {
  std::string file;       ///< or the name of an environment variable
  std::size_t line = 0;   ///< from 1; 0 where there is none
  std::size_t column = 0; ///< from 1, in characters
  std::string pointer;    ///< RFC 6901; empty for a whole document
  std::string message;    ///< what is wrong and how to mend it; no secrets

  friend bool operator==(const config_error&, const config_error&) = default;
};

/// "riskbreaker.json:14:27: /strategies/x/pairs: must be …", in one line.
std::string format(const config_error& x);

/// The place a value was written at.
struct origin {
  std::shared_ptr<const std::string> file;
  std::size_t line = 0; ///< 0: `file` names an environment variable
  std::size_t column = 0;
};

/// Collects what is found, each thing once: `defaults` are read again for every
/// strategy.
struct findings {
  std::vector<config_error> errors;
  std::vector<config_error> warnings;

  void error(const origin& where, std::string pointer, std::string message);
  void warn(const origin& where, std::string pointer, std::string message);
};

/// `text` as a JSON string, shortened, whatever bytes it holds.
std::string quote(std::string_view text);

/// "a, b, c".
std::string joined(const std::vector<std::string>& words);

/// The word that `word` was probably meant to be, or nothing like it (empty).
std::string nearest(std::string_view word,
                    const std::vector<std::string>& words);

} // namespace riskbreaker::config
