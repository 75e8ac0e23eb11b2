#include "config/curve_file.hpp"

#include "config/problem.hpp"
#include "config/small_file.hpp"

#include <algorithm>
#include <cstdint>
#include <filesystem>

namespace riskbreaker::config {

namespace {

constexpr std::size_t max_file = 16'384;
constexpr std::size_t key_length = 40;

constexpr std::string_view alphabet
  = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    ".-:+=^!/*?&<>()[]{}@%$#";

std::string_view trimmed(std::string_view x) {
  auto begin = x.find_first_not_of(" \t\r");
  if (begin == x.npos)
    return {};
  return x.substr(begin, x.find_last_not_of(" \t\r") - begin + 1);
}

/// The value of `name = "value"`, quoted or not.
std::optional<std::string> value_of(std::string_view line,
                                    std::string_view name) {
  if (!line.starts_with(name))
    return std::nullopt;
  line = trimmed(line.substr(name.size()));
  if (line.empty() || line.front() != '=')
    return std::nullopt;
  line = trimmed(line.substr(1));
  if (line.size() >= 2 && line.front() == line.back()
      && (line.front() == '"' || line.front() == '\''))
    line = line.substr(1, line.size() - 2);
  if (!is_curve_key(line))
    return std::nullopt;
  return std::string{line};
}

constexpr const char* is_none
  = " holds no CURVE key; `riskbreaker keygen NAME` "
    "writes NAME.key and NAME.key_secret";

} // namespace

bool is_curve_key(std::string_view x) {
  if (x.size() != key_length)
    return false;
  for (std::size_t i = 0; i < x.size(); i += 5) {
    std::uint64_t value = 0;
    for (auto c : x.substr(i, 5)) {
      auto digit = alphabet.find(c);
      if (digit == alphabet.npos)
        return false;
      value = value * 85 + digit;
    }
    if (value > 0xFFFF'FFFFU)
      return false;
  }
  return true;
}

curve_certificate parse_curve_certificate(std::string_view text) {
  curve_certificate out;
  while (!text.empty()) {
    auto end = std::min(text.find('\n'), text.size());
    auto line = trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (auto key = value_of(line, "public-key"))
      out.public_key = key;
    else if (auto secret = value_of(line, "secret-key"))
      out.secret_key = secret;
  }
  return out;
}

std::string write_curve_certificate(const curve_certificate& x) {
  std::string out = x.secret_key
                      ? "# ZeroMQ CURVE **Secret** Certificate\n"
                        "# DO NOT PROVIDE THIS FILE TO OTHER USERS nor change "
                        "its permissions.\n"
                      : "# ZeroMQ CURVE Public Certificate\n"
                        "# Exchange it by a way on which nobody can replace "
                        "it.\n";
  out += "\nmetadata\ncurve\n";
  if (x.public_key)
    out += "    public-key = \"" + *x.public_key + "\"\n";
  if (x.secret_key)
    out += "    secret-key = \"" + *x.secret_key + "\"\n";
  return out;
}

curve_key read_public_curve_key(const std::string& path) {
  auto text = read_small_file(path, max_file, "a key");
  if (!text.value)
    return {std::nullopt, std::move(text.problem)};
  auto found = parse_curve_certificate(*text.value);
  auto file = "the file " + quote(path);
  if (found.secret_key)
    return {std::nullopt,
            file
              + " holds a secret key, which belongs to its owner alone; take "
                "the .key file beside it"};
  if (!found.public_key)
    return {std::nullopt, file + is_none};
  return {std::move(found.public_key), {}};
}

own_curve_keys read_own_curve_keys(const std::string& path) {
  namespace fs = std::filesystem;
  auto text = read_small_file(path, max_file, "a key");
  if (!text.value)
    return {{}, std::move(text.problem)};
  auto file = "the file " + quote(path);
  std::error_code ec;
  auto others = fs::status(path, ec).permissions()
                & (fs::perms::group_all | fs::perms::others_all);
  if (ec || others != fs::perms::none)
    return {{},
            file
              + " can be read or changed by others than its owner, and holds a "
                "secret key; chmod 600 it"};
  auto found = parse_curve_certificate(*text.value);
  if (!found.secret_key)
    return {{},
            file
              + (found.public_key
                   ? " holds a public key alone; take the .key_secret file "
                     "beside it"
                   : is_none)};
  return {std::move(found), {}};
}

} // namespace riskbreaker::config
