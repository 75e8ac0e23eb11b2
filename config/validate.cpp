#include "config/checks.hpp"
#include "config/read.hpp"

#include <algorithm>
#include <cmath>
#include <initializer_list>

namespace riskbreaker::config {

namespace {

// Sums of decimal weights miss 1 by less than this.
constexpr double weight_tolerance = 1e-9;

std::string plain(double x) {
  node n;
  n.value = x;
  return shown(n);
}

std::string seconds(core::milliseconds x) {
  return plain(static_cast<double>(x.count()) / 1000);
}

const node* find(const node& from, std::initializer_list<const char*> path) {
  const auto* at = &from;
  for (const auto* step : path)
    if (at != nullptr)
      at = at->find(step);
  return at;
}

// The first of the given keys that is written somewhere, or the whole object.
const node&
first_of(const node& from,
         std::initializer_list<std::initializer_list<const char*>> paths) {
  for (auto path : paths)
    if (const auto* x = find(from, path))
      return *x;
  return from;
}

} // namespace

void check_numbers(const core::strategy& x, const node& at, findings& out) {
  const auto& b = x.breaker;
  if (b.recovery_timeout_max < b.recovery_timeout) {
    const auto& n = first_of(at, {{"breaker", "recovery_timeout_max"},
                                  {"breaker", "recovery_timeout"}});
    out.error(n.where, n.pointer,
              "recovery_timeout_max (" + seconds(b.recovery_timeout_max)
                + ") must be at least recovery_timeout ("
                + seconds(b.recovery_timeout) + "); set both");
  }
  const auto& s = x.scoring;
  auto sum = s.rsi.weight + s.volatility.weight + s.trend.weight
             + s.price_action.weight;
  if (std::abs(sum - 1) > weight_tolerance) {
    const auto& n = first_of(at, {{"fallback", "rsi", "weight"},
                                  {"fallback", "volatility", "weight"},
                                  {"fallback", "trend", "weight"},
                                  {"fallback", "price_action", "weight"}});
    out.error(n.where, n.pointer,
              "the weights of rsi (" + plain(s.rsi.weight) + "), volatility ("
                + plain(s.volatility.weight) + "), trend ("
                + plain(s.trend.weight) + ") and price_action ("
                + plain(s.price_action.weight) + ") must sum to 1, sum to "
                + plain(sum));
  }
  auto ordered = [&](const char* factor, double low, double high) {
    if (low < high)
      return;
    const auto& n = first_of(
      at, {{"fallback", factor, "low"}, {"fallback", factor, "high"}});
    out.error(n.where, n.pointer,
              "low (" + plain(low) + ") must be less than high (" + plain(high)
                + ')');
  };
  ordered("rsi", s.rsi.low, s.rsi.high);
  ordered("volatility", s.volatility.low, s.volatility.high);
  if (s.max_confidence < x.gate.min_confidence) {
    const auto& n = first_of(
      at, {{"fallback", "max_confidence"}, {"gate", "min_confidence"}});
    out.warn(n.where, n.pointer,
             "fallback.max_confidence (" + plain(s.max_confidence)
               + ") is under gate.min_confidence ("
               + plain(x.gate.min_confidence)
               + "): every answer of the fallback will block");
  }
}

void check_endpoints_of(const core::strategy& x, const node& at,
                        const settings& all, findings& out) {
  const auto& endpoints = all.strategies.endpoints;
  std::vector<std::string> names;
  for (const auto& e : endpoints)
    names.push_back(e.first);
  const auto* listed = find(at, {"llm", "endpoints"});
  auto usable = false;
  for (std::size_t i = 0; i < x.endpoints.size(); ++i) {
    auto e = endpoints.find(x.endpoints[i]);
    if (e != endpoints.end()) {
      usable = usable || e->second->usable;
      continue;
    }
    const auto& n = std::get<node::array>(listed->value)[i];
    auto message = "no endpoint is called " + quote(x.endpoints[i]);
    auto near = nearest(x.endpoints[i], names);
    message += near.empty() ? "; " : "; did you mean " + quote(near) + "? ";
    message += names.empty() ? "llm.endpoints has none"
                             : "There are: " + joined(names);
    out.error(n.where, n.pointer, std::move(message));
    usable = true; // an unknown one is mistake enough
  }
  if (!x.endpoints.empty() && !usable) {
    const auto& n = listed != nullptr ? *listed : at;
    out.warn(n.where, n.pointer,
             "the LLM of " + quote(x.name)
               + " is off (llm_disabled): none of its endpoints has a usable "
                 "key; the fallback answers");
  }
}

void check_endpoint(const core::endpoint& x, const node& at, findings& out) {
  if (x.limits.usd_per_day && x.usd_per_million_prompt == 0
      && x.usd_per_million_completion == 0) {
    const auto& n = first_of(at, {{"usd_per_day"}});
    out.warn(n.where, n.pointer,
             "has no effect while both prices in usd_per_million_tokens are 0");
  }
  if (x.url.starts_with("http://") && !x.api_key.empty()
      && !is_local_url(x.url)) {
    const auto& n = first_of(at, {{"url"}});
    out.warn(n.where, n.pointer, "sends the key unencrypted; use https://");
  }
}

void check_proxy_use(const llm_settings& x, const node& root, findings& out) {
  if (x.no_proxy.empty() || !x.proxy.empty())
    return;
  const auto& n = first_of(root, {{"llm", "no_proxy"}});
  out.warn(n.where, n.pointer, "has no effect while llm.proxy is null");
}

void check_sockets(const settings& x, const node& root, findings& out) {
  struct socket {
    const char* name;
    const std::string& bind;
    const node& at;
  };
  const auto& t = x.transport;
  std::initializer_list<socket> sockets
    = {{"candles", t.candles_bind,
        first_of(root, {{"transport", "candles", "bind"}})},
       {"results", t.results_bind,
        first_of(root, {{"transport", "results", "bind"}})},
       {"control", t.control_bind,
        first_of(root, {{"transport", "control", "bind"}})}};
  for (const auto* s = sockets.begin(); s != sockets.end(); ++s) {
    if (!t.curve && !t.allow_insecure && !is_local(s->bind))
      out.error(s->at.where, s->at.pointer,
                quote(s->bind)
                  + " is open to other machines, without encryption or "
                    "password; bind to 127.0.0.1 or ipc://, or set "
                    "transport.curve to encrypt and let in who is listed, or "
                    "transport.allow_insecure to true");
    auto any_port = s->bind.ends_with(":0") || s->bind.ends_with(":*");
    auto same = [&](const socket& y) {
      return y.bind == s->bind;
    };
    const auto* twin = std::find_if(sockets.begin(), s, same);
    if (!any_port && twin != s)
      out.error(s->at.where, s->at.pointer,
                quote(s->bind) + " is bound by transport." + twin->name
                  + " already; every socket needs its own");
  }
  if (x.http.bind && !x.http.allow_insecure && !is_local(*x.http.bind)) {
    const auto& n = first_of(root, {{"http", "bind"}});
    out.error(n.where, n.pointer,
              quote(*x.http.bind)
                + " is open to other machines, without encryption; bind to "
                  "127.0.0.1, or set http.allow_insecure to true");
  }
}

} // namespace riskbreaker::config
