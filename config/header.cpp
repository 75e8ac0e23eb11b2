#include "config/checks.hpp"

#include <algorithm>
#include <cctype>
#include <optional>

namespace riskbreaker::config {

namespace {

std::string lower_case(std::string_view x) {
  std::string out{x};
  for (auto& c : out)
    c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

bool is_token_char(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0
         || std::string_view{"!#$%&'*+-.^_`|~"}.find(c)
              != std::string_view::npos;
}

bool is_printable(char c) {
  return c >= 0x20 && c < 0x7F;
}

/// Whether a word of a name says so: "x-api-key" does, "x-portkey-provider"
/// does not.
bool sounds_secret(std::string_view name) {
  while (!name.empty()) {
    auto word = name.substr(0, name.find_first_of("-_."));
    for (auto secret : {"apikey", "auth", "authentication", "authorization",
                        "bearer", "cookie", "credential", "credentials", "key",
                        "passwd", "password", "secret", "signature", "token"})
      if (word == secret)
        return true;
    name.remove_prefix(std::min(word.size() + 1, name.size()));
  }
  return false;
}

} // namespace

complaint check_header(const std::string& x) {
  auto colon = x.find(':');
  if (colon == x.npos || colon == 0
      || !std::all_of(x.begin(), x.begin() + static_cast<std::ptrdiff_t>(colon),
                      is_token_char))
    return "must be NAME: VALUE";
  if (x.find_first_not_of(' ', colon + 1) == x.npos)
    return "has no value";
  if (!std::all_of(x.begin(), x.end(), is_printable))
    return "may only hold printable ASCII";
  auto name = lower_case(std::string_view{x}.substr(0, colon));
  for (auto ours : {"accept", "accept-encoding", "connection", "content-length",
                    "content-type", "expect", "host", "te", "trailer",
                    "transfer-encoding", "upgrade"})
    if (name == ours)
      return "is set by riskbreaker itself";
  if (sounds_secret(name))
    return "sounds like a secret, and none may stand here; the key's place "
           "is api_key_env or api_key_file";
  return std::nullopt;
}

} // namespace riskbreaker::config
