#include "config/checks.hpp"

#include "config/problem.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace riskbreaker::config {

namespace {

// sockaddr_un holds 108 bytes, the closing zero included.
constexpr std::size_t max_ipc_path = 107;

bool is_control(char c) {
  auto u = static_cast<unsigned char>(c);
  return u < 0x20 || u == 0x7F;
}

bool is_word_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
         || (c >= '0' && c <= '9') || c == '_';
}

bool any_space(std::string_view x) {
  return std::any_of(x.begin(), x.end(),
                     [](char c) { return c == ' ' || is_control(c); });
}

struct host_port {
  std::string_view host; ///< without brackets
  std::string_view port;
};

std::optional<host_port> split(std::string_view x) {
  auto colon = x.rfind(':');
  if (colon == x.npos || colon == 0 || colon + 1 == x.size())
    return std::nullopt;
  host_port out{x.substr(0, colon), x.substr(colon + 1)};
  if (out.host.front() == '[' && out.host.back() == ']') {
    out.host = out.host.substr(1, out.host.size() - 2);
    if (out.host.empty())
      return std::nullopt;
  } else if (out.host.find_first_of("[]:/") != out.host.npos) {
    return std::nullopt; // an IPv6 address without brackets, or half of them
  }
  return out;
}

bool is_port(std::string_view x) {
  unsigned value = 0;
  auto [end, ec] = std::from_chars(x.data(), x.data() + x.size(), value);
  return ec == std::errc{} && end == x.data() + x.size() && value <= 65535;
}

bool is_local_host(std::string_view x) {
  if (x == "localhost" || x == "::1" || x == "lo")
    return true;
  // 127.0.0.0/8, but no name that merely begins like it.
  return x.starts_with("127.") && x.find_first_not_of("0123456789.") == x.npos;
}

// What an URL holds between "://" and the path.
std::string_view authority_of(std::string_view url) {
  auto begin = url.find("://");
  begin = begin == url.npos ? 0 : begin + 3;
  return url.substr(begin, url.find_first_of("/?#", begin) - begin);
}

std::string_view host_of(std::string_view authority) {
  if (authority.starts_with('[')) {
    auto end = authority.find(']');
    return end == authority.npos ? authority.substr(0, 0)
                                 : authority.substr(1, end - 1);
  }
  return authority.substr(0, authority.find(':'));
}

complaint check_authority(const std::string& url) {
  if (any_space(url))
    return "must not hold spaces or control characters";
  auto authority = authority_of(url);
  if (authority.find('@') != authority.npos)
    return "must not hold credentials: they would show up in logs";
  if (host_of(authority).empty())
    return "has no host";
  auto rest
    = authority.substr(authority.starts_with('[') ? authority.find(']') + 1
                                                  : host_of(authority).size());
  if (!rest.empty() && (rest.front() != ':' || !is_port(rest.substr(1))))
    return "has a port that is no number from 1 to 65535";
  return std::nullopt;
}

} // namespace

complaint check_name(std::string_view x) {
  if (x.empty() || x.size() > 64)
    return "must be 1 to 64 characters long";
  if (!std::all_of(x.begin(), x.end(),
                   [](char c) { return is_word_char(c) || c == '-'; }))
    return "may only hold A-Z a-z 0-9 _ -";
  return std::nullopt;
}

complaint check_pair(const std::string& x) {
  if (x.empty() || x.size() > 64)
    return "must be 1 to 64 bytes long, such as \"BTC/USDT\" or \"*/USDT\"";
  if (any_space(x))
    return "must not hold spaces or control characters";
  return std::nullopt;
}

complaint check_url(const std::string& x) {
  if (!x.starts_with("http://") && !x.starts_with("https://"))
    return "must begin with http:// or https://";
  if (auto bad = check_authority(x))
    return bad;
  if (x.find_first_of("?#") != x.npos)
    return "must not hold a query or a fragment";
  std::string_view path{x};
  while (path.ends_with('/'))
    path.remove_suffix(1);
  if (path.ends_with("/chat/completions"))
    return "is the base URL; leave /chat/completions off";
  return std::nullopt;
}

complaint check_proxy(const std::string& x) {
  auto known = false;
  for (std::string_view scheme :
       {"http://", "https://", "socks5://", "socks5h://"})
    known = known || x.starts_with(scheme);
  if (!known)
    return "must begin with http://, https://, socks5:// or socks5h://";
  if (auto bad = check_authority(x))
    return bad;
  auto authority = authority_of(x);
  if (authority.find(':', authority.find(']') + 1) == authority.npos)
    return "needs a port: proxies have no usual one";
  auto end = x.find("://") + 3 + authority.size();
  if (end != x.size() && x.substr(end) != "/")
    return "must end behind the port";
  return std::nullopt;
}

complaint check_socket(const std::string& x) {
  std::string_view rest{x};
  if (any_space(x))
    return "must not hold spaces or control characters";
  if (rest.starts_with("ipc://")) {
    rest.remove_prefix(6);
    if (rest.empty() || rest.size() > max_ipc_path)
      return "must name a path of 1 to " + std::to_string(max_ipc_path)
             + " bytes behind ipc://";
    return std::nullopt;
  }
  if (!rest.starts_with("tcp://"))
    return "must begin with tcp:// or ipc://, such as "
           "\"tcp://127.0.0.1:5555\"";
  auto parts = split(rest.substr(6));
  if (!parts)
    return "must be tcp://HOST:PORT (an IPv6 address in brackets)";
  if (parts->port != "*" && !is_port(parts->port))
    return "must end in a port from 0 to 65535 (0 or *: any free one)";
  return std::nullopt;
}

complaint check_http_bind(const std::string& x) {
  if (x.find("://") != x.npos)
    return "is an address, no URL; leave everything up to :// off";
  auto parts = split(x);
  if (!parts || any_space(x))
    return "must be HOST:PORT, such as \"127.0.0.1:8090\" (an IPv6 address in "
           "brackets)";
  if (!is_port(parts->port))
    return "must end in a port from 0 to 65535 (0: any free one)";
  return std::nullopt;
}

complaint check_host_name(const std::string& x) {
  if (x.find("://") != x.npos || x.find('/') != x.npos)
    return "is a URL; write the host alone, such as \"risk.example.org\"";
  if (x.find(':') != x.npos)
    return "must be without a port: it holds for all of them";
  if (x.find('*') != x.npos)
    return "must be one name in full: what any name may reach, any web page "
           "may";
  if (x.empty() || x.front() == '.' || x.back() == '.'
      || !std::all_of(x.begin(), x.end(), [](char c) {
           return is_word_char(c) || c == '.' || c == '-';
         }))
    return "must be a host name of A-Z a-z 0-9 . _ -";
  return std::nullopt;
}

complaint check_variable(const std::string& x) {
  if (x.empty() || !std::all_of(x.begin(), x.end(), is_word_char)
      || (x.front() >= '0' && x.front() <= '9'))
    return "must be the NAME of an environment variable (A-Z a-z 0-9 _), not "
           "the secret itself";
  return std::nullopt;
}

complaint check_secret(const std::string& x) {
  if (x.empty())
    return "must not be empty";
  if (std::any_of(x.begin(), x.end(), [](char c) {
        return c == ' ' || is_control(c)
               || static_cast<unsigned char>(c) > 0x7E;
      }))
    return "may only hold printable ASCII without spaces: it travels in an "
           "HTTP header";
  return std::nullopt;
}

complaint check_words(const std::string& x) {
  if (x.find_first_not_of(' ') == x.npos)
    return "must not be empty";
  if (std::any_of(x.begin(), x.end(), is_control))
    return "must not hold control characters";
  return std::nullopt;
}

bool is_local(std::string_view address) {
  if (address.starts_with("ipc://"))
    return true;
  if (address.starts_with("tcp://"))
    address.remove_prefix(6);
  auto parts = split(address);
  return parts && is_local_host(parts->host);
}

bool is_local_url(std::string_view url) {
  return is_local_host(host_of(authority_of(url)));
}

} // namespace riskbreaker::config
