#include "transport/http_text.hpp"

#include <algorithm>

namespace riskbreaker::transport {

namespace {

constexpr std::size_t max_line = 200;
constexpr std::size_t shortest_secret = 4; // "*" for every "a" helps nobody

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

void blot_out(std::string& text, std::string_view secret) {
  if (secret.size() < shortest_secret)
    return;
  for (auto at = text.find(secret); at != std::string::npos;
       at = text.find(secret, at))
    text.replace(at, secret.size(), "***");
}

std::string_view after(std::string_view text, char c) {
  const auto at = text.find(c);
  return at == std::string_view::npos ? text : text.substr(at + 1);
}

} // namespace

std::string lower_case(std::string_view text) {
  std::string result{text};
  std::transform(result.begin(), result.end(), result.begin(), lower);
  return result;
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  const auto first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos)
    return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    const auto u = static_cast<unsigned char>(c);
    return (u < 0x20 && c != '\t') || u == 0x7f;
  });
}

bool names_header(std::string_view line, std::string_view name) {
  return line.size() > name.size() && line[name.size()] == ':'
         && lower_case(line.substr(0, name.size())) == name;
}

std::string redact(std::string text, const http_request& request) {
  for (std::string_view line : request.headers) {
    const auto value = trim(after(line, ':'));
    blot_out(text, value);
    blot_out(text, trim(after(value, ' '))); // the key behind "Bearer"
  }
  const std::string_view url = request.url;
  const auto authority
    = url.substr(0, url.find_first_of("/?#", url.find("://") + 3));
  if (const auto at = authority.rfind('@'); at != std::string_view::npos) {
    const auto scheme = authority.find("://");
    const auto from = scheme < at ? scheme + 3 : 0;
    const auto login = url.substr(from, at - from);
    blot_out(text, login);
    blot_out(text, after(login, ':'));
  }
  std::replace_if(
    text.begin(), text.end(),
    [](char c) {
      return has_control({&c, 1});
    },
    ' ');
  text.resize(std::min(text.size(), max_line));
  return text;
}

} // namespace riskbreaker::transport
