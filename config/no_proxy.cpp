#include "config/checks.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace riskbreaker::config {

namespace {

bool only(std::string_view x, const char* allowed) {
  return x.find_first_not_of(allowed) == x.npos;
}

bool is_ipv6(std::string_view x) {
  return std::count(x.begin(), x.end(), ':') >= 2
         && only(x, "0123456789abcdefABCDEF:.");
}

bool is_ipv4(std::string_view x) {
  return std::count(x.begin(), x.end(), '.') == 3 && only(x, "0123456789.");
}

/// "10.0.0.0/8" or "fd00::/8"; libcurl takes /0 for the one address.
bool is_network(std::string_view address, std::string_view bits) {
  unsigned value = 0;
  auto [end, ec]
    = std::from_chars(bits.data(), bits.data() + bits.size(), value);
  if (ec != std::errc{} || end != bits.data() + bits.size() || value == 0)
    return false;
  return (is_ipv4(address) && value <= 32)
         || (is_ipv6(address) && value <= 128);
}

} // namespace

complaint check_no_proxy(const std::string& x) {
  std::string_view host{x};
  if (host == "*" || is_ipv6(host))
    return std::nullopt;
  if (host.find("://") != host.npos)
    return "is a URL; write the host alone";
  if (host.find_first_of(", \t") != host.npos)
    return "must be one host; give each an element of its own";
  if (host.find_first_of("[]") != host.npos)
    return "must be without brackets";
  if (host.find('*') != host.npos)
    return "must be without *: a domain stands for its sub-domains too";
  if (auto slash = host.find('/'); slash != host.npos) {
    if (is_network(host.substr(0, slash), host.substr(slash + 1)))
      return std::nullopt;
    return "must be a network such as 10.0.0.0/8, or a host without a path";
  }
  if (host.find(':') != host.npos)
    return "must be without a port: it holds for all of them";
  if (host.empty() || only(host, "."))
    return "must not be empty";
  if (!only(host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                  "0123456789._-"))
    return "may only hold A-Z a-z 0-9 . _ -";
  return std::nullopt;
}

} // namespace riskbreaker::config
