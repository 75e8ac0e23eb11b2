#include "transport/web_request.hpp"

#include <algorithm>
#include <cstddef>

namespace riskbreaker::transport {

namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool same_word(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

int hex(char c) {
  if (c >= '0' && c <= '9')
    return c - '0';
  c = lower(c);
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/// `plus`: a plus means a space, as forms write it.
std::optional<std::string> decoded(std::string_view text, bool plus) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus) {
      out += ' ';
    } else if (text[i] != '%') {
      out += text[i];
    } else {
      if (i + 2 >= text.size())
        return std::nullopt;
      auto high = hex(text[i + 1]);
      auto low = hex(text[i + 2]);
      if (high < 0 || low < 0)
        return std::nullopt;
      out += static_cast<char>(high * 16 + low);
      i += 2;
    }
  }
  return out;
}

bool is_v4(std::string_view x) {
  return std::count(x.begin(), x.end(), '.') == 3
         && x.find_first_not_of("0123456789.") == x.npos;
}

bool is_loopback(std::string_view x) {
  return same_word(x, "localhost") || x == "::1"
         || (is_v4(x) && x.starts_with("127."));
}

} // namespace

const std::string* web_target::find(std::string_view name) const noexcept {
  for (const auto& [key, value] : parameters)
    if (key == name)
      return &value;
  return nullptr;
}

std::optional<web_target> parse_target(std::string_view target) {
  if (!target.starts_with('/'))
    return std::nullopt;
  auto question = target.find('?');
  web_target out;
  auto path = decoded(target.substr(0, question), false);
  if (!path)
    return std::nullopt;
  out.path = std::move(*path);
  if (question == target.npos)
    return out;
  std::size_t begin = question + 1;
  while (begin < target.size()) {
    auto end = std::min(target.find('&', begin), target.size());
    auto one = target.substr(begin, end - begin);
    begin = end + 1;
    if (one.empty())
      continue;
    auto equals = one.find('=');
    auto has_value = equals != one.npos;
    auto name = decoded(one.substr(0, equals), true);
    auto value
      = decoded(has_value ? one.substr(equals + 1) : std::string_view{}, true);
    if (!name || !value)
      return std::nullopt;
    out.parameters.emplace_back(std::move(*name), std::move(*value));
  }
  return out;
}

std::string_view host_part(std::string_view x) noexcept {
  if (x.starts_with('[')) {
    auto end = x.find(']');
    return end == x.npos ? std::string_view{} : x.substr(1, end - 1);
  }
  return x.substr(0, x.find(':'));
}

bool host_is_ours(std::string_view host, std::string_view bind_host,
                  const std::vector<std::string>& more) {
  auto name = host_part(host);
  if (name.ends_with('.'))
    name.remove_suffix(1);
  if (name.empty())
    return false;
  if (is_v4(name) || host.starts_with('[') || is_loopback(name)
      || same_word(name, bind_host)
      || std::any_of(more.begin(), more.end(),
                     [name](const auto& x) { return same_word(name, x); }))
    return true;
  return !is_loopback(bind_host) && name.find('.') == name.npos;
}

bool origin_is_ours(std::string_view origin, std::string_view host) {
  for (std::string_view scheme : {"http://", "https://"})
    if (origin.starts_with(scheme))
      return same_word(origin.substr(scheme.size()), host);
  return false;
}

bool same_secret(std::string_view given, std::string_view expected) noexcept {
  // Each byte given is compared with some byte of ours: the time depends on
  // what came alone.
  unsigned char different = given.size() == expected.size() ? 0 : 1;
  for (std::size_t i = 0; i < given.size(); ++i) {
    auto ours = expected.empty() ? '\0' : expected[i % expected.size()];
    different
      = static_cast<unsigned char>(different
                                   | (static_cast<unsigned char>(given[i])
                                      ^ static_cast<unsigned char>(ours)));
  }
  return different == 0;
}

} // namespace riskbreaker::transport
