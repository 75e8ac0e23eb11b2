#include "config/secrets.hpp"

#include "config/checks.hpp"

#include <filesystem>
#include <fstream>

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
  if (auto bad = check_secret(value))
    out.problem = where + ' ' + *bad;
  else
    out.value = std::move(value);
  return out;
}

secret read(const std::string& path) {
  secret out;
  std::error_code ec;
  // A pipe could be read once only and then block a reload.
  if (!fs::is_regular_file(path, ec)) {
    out.problem = "the file " + quote(path)
                  + (ec || !fs::exists(path, ec) ? " is not there"
                                                 : " is no regular file");
    return out;
  }
  std::ifstream in{path, std::ios::binary};
  std::string text(max_secret + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (in.bad() || (!in.is_open())) {
    out.problem = "the file " + quote(path) + " cannot be read";
    return out;
  }
  if (text.size() > max_secret) {
    out.problem = "the file " + quote(path) + " is too large for a key";
    return out;
  }
  out = accept(text, "what is in the file " + quote(path));
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
