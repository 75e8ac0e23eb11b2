#include "transport/connection_care.hpp"

#include <algorithm>
#include <utility>

namespace riskbreaker::transport {

namespace {

using namespace std::chrono_literals;

/// Scheme, host and port.
std::string origin_of(std::string_view url) {
  const auto scheme = url.find("://");
  const auto from = scheme == url.npos ? 0 : scheme + 3;
  return std::string{url.substr(0, url.find_first_of("/?#", from))};
}

} // namespace

connection_choice connection_care::begin(std::string_view url,
                                         core::steady_time now) {
  auto& x = servers_[origin_of(url)];
  ++x.open;
  connection_choice out;
  out.generation = x.generation;
  if (x.given_up) {
    // libcurl knows ages in whole seconds, and takes 0 for "any". Rounded down,
    // nothing younger than the silence is taken for old; what was silent for a
    // second or more is older than that, but for the first second.
    const auto age
      = std::chrono::floor<std::chrono::seconds>(now - *x.given_up);
    out.oldest = std::max(age, 1s);
    out.fresh = !x.answered || x.older > 0 || age < 1s;
  }
  return out;
}

void connection_care::end(std::string_view url, const connection_choice& choice,
                          connection_sign sign, core::steady_time now) {
  const auto i = servers_.find(origin_of(url));
  if (i == servers_.end())
    return;
  auto& x = i->second;
  if (choice.generation != x.generation) {
    --x.older;
    return;
  }
  --x.open;
  if (sign == connection_sign::alive) {
    x.answered = true;
  } else if (sign == connection_sign::silent) {
    ++x.generation;
    x.older += std::exchange(x.open, 0);
    x.answered = false;
    x.given_up = now;
  }
}

} // namespace riskbreaker::transport
