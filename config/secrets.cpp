#include "config/secrets.hpp"

#include "config/checks.hpp"
#include "config/small_file.hpp"

#include <filesystem>

namespace riskbreaker::config {

namespace {

namespace fs = std::filesystem;

// No key is longer; a larger file is something else.
constexpr std::size_t max_secret = 16'384;

// Editors and `echo` leave a newline behind.
std::string trimmed(const std::string& x) {
  auto begin = x.find_first_not_of(" \t\r\n");
  if (begin == x.npos)
    return {};
  return x.substr(begin, x.find_last_not_of(" \t\r\n") - begin + 1);
}

secret accept(const std::string& text, const std::string& where) {
  secret out;
  auto value = trimmed(text);
  if (auto bad = check_secret(value)) {
    out.problem = where + ' ' + *bad;
    out.unfit = !value.empty();
  } else {
    out.value = std::move(value);
  }
  return out;
}

secret read(const std::string& path) {
  auto text = read_small_file(path, max_secret, "a key");
  if (!text.value) {
    secret out;
    out.problem = std::move(text.problem);
    return out;
  }
  auto out = accept(*text.value, "what is in the file " + quote(path));
  if (world_readable(path))
    out.warning
      = "everyone on this machine can read " + quote(path) + "; chmod 600 it";
  return out;
}

} // namespace

bool world_readable(const std::string& path) {
  std::error_code ec;
  auto status = fs::status(path, ec);
  return !ec && fs::is_regular_file(status)
         && (status.permissions() & fs::perms::others_read) != fs::perms::none;
}

secret fetch(const secret_source& from, const environment& env) {
  if (!from.env.empty())
    if (auto i = env.find(from.env); i != env.end() && !i->second.empty())
      return accept(i->second, "the value of " + from.env);
  if (!from.file.empty())
    return read(from.file);
  secret out;
  out.problem = "the environment variable " + from.env + " is not set";
  return out;
}

} // namespace riskbreaker::config
