#include "transport/web_routes.hpp"

#include "transport/json_writer.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace riskbreaker::transport {

namespace {

using json = nlohmann::json;

std::string command(std::string_view name) {
  json_writer out;
  out.begin_object().member("cmd", name).end_object();
  return out.take();
}

web_action ask(std::string_view name) {
  return ask_control{command(name)};
}

web_action page(const web_page& x, const web_request& request) {
  web_reply out;
  out.type = x.type;
  out.etag = '"' + std::string{x.hash} + '"';
  if (request.if_none_match.find(out.etag) != std::string::npos)
    out.status = 304;
  else
    out.page = x.text;
  return out;
}

web_action info(const web_site& site) {
  web_reply out;
  json_writer text;
  text.begin_object()
    .member("ok", true)
    .member("version", site.version)
    .member("boot", site.boot)
    .member("actions", !site.token.empty())
    .end_object();
  out.text = text.take();
  return out;
}

/// A parameter that we do not know is most likely a typing mistake.
std::optional<web_reply>
unknown_parameter(const web_target& target,
                  std::initializer_list<std::string_view> known) {
  for (const auto& [name, value] : target.parameters)
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      std::string valid;
      for (auto x : known)
        valid.append(valid.empty() ? "" : ", ").append(x);
      return refuse(
        400, "bad_argument",
        name.substr(0, 64) + ": is no parameter of " + target.path
          + (valid.empty() ? ", which has none" : "; it has " + valid));
    }
  return std::nullopt;
}

web_action assessments(const web_target& target) {
  json_writer out;
  out.begin_object().member("cmd", "history");
  for (const char* name : {"strategy", "pair", "timeframe"})
    if (const auto* value = target.find(name); value && !value->empty())
      out.member(name, *value);
  if (const auto* limit = target.find("limit"); limit && !limit->empty()) {
    std::uint64_t number = 0;
    const auto* end = limit->data() + limit->size();
    auto [stopped, wrong] = std::from_chars(limit->data(), end, number);
    if (wrong != std::errc{} || stopped != end)
      return refuse(400, "bad_argument", "limit: must be a whole number");
    out.member("limit", number);
  }
  out.end_object();
  return ask_control{out.take()};
}

web_action events(const web_target& target) {
  const auto* names = target.find("kinds");
  std::string mistake;
  const auto kinds = parse_kinds(names ? *names : std::string{}, mistake);
  if (!kinds)
    return refuse(400, "bad_argument", mistake);
  return ask_events{*kinds};
}

/// Why this request may not change anything, if so.
std::optional<web_reply> no_right(const web_request& x, const web_site& site) {
  if (site.token.empty())
    return refuse(403, "read_only",
                  "this server only shows: set http.token (or token_env, "
                  "token_file) and restart to change things here, or use "
                  "riskbreaker ctl");
  constexpr std::string_view scheme = "Bearer ";
  if (x.authorization.empty())
    return refuse(401, "no_token",
                  "send the header Authorization: Bearer TOKEN, with the value "
                  "of http.token");
  std::string_view given{x.authorization};
  if (!given.starts_with(scheme)
      || !same_secret(given.substr(scheme.size()), site.token))
    return refuse(401, "bad_token", "the token is not that of http.token");
  // A form of a foreign page cannot send this type without being asked first.
  if (!std::string_view{x.content_type}.starts_with("application/json"))
    return refuse(415, "bad_argument",
                  "send the body with Content-Type: application/json");
  return std::nullopt;
}

web_action change_breaker(const web_request& x) {
  const auto tree = json::parse(x.body, nullptr, false);
  if (!tree.is_object())
    return refuse(400, "bad_json",
                  "send an object such as {\"strategy\":\"NAME\",\"action\":"
                  "\"reset\"}");
  json_writer out;
  out.begin_object().member("cmd", "breaker");
  for (const auto& [name, value] : tree.items()) {
    if (name != "strategy" && name != "action")
      return refuse(400, "bad_argument",
                    name.substr(0, 64)
                      + ": is not known; send strategy and action");
    if (!value.is_string())
      return refuse(400, "bad_argument", name + ": must be a string");
    out.member(name, value.get_ref<const std::string&>());
  }
  out.end_object();
  return ask_control{out.take()};
}

web_action post(const web_request& x, const web_site& site,
                const web_target& target) {
  if (auto no = no_right(x, site))
    return std::move(*no);
  if (target.path == "/api/breaker")
    return change_breaker(x);
  return ask("reload");
}

web_action get(const web_request& x, const web_site& site,
               const web_target& target) {
  const auto& path = target.path;
  if (path == "/api/assessments") {
    if (auto bad
        = unknown_parameter(target, {"strategy", "pair", "timeframe", "limit"}))
      return std::move(*bad);
    return assessments(target);
  }
  if (path == "/api/events") {
    if (auto bad = unknown_parameter(target, {"kinds"}))
      return std::move(*bad);
    return events(target);
  }
  if (auto i = site.pages.find(path); i != site.pages.end())
    return page(i->second, x);
  if (path == "/metrics")
    return ask_metrics{};
  if (path == "/healthz")
    return web_reply{200, "application/json", "{\"ok\":true}"};
  if (path == "/readyz")
    return ask_control{command("ping"), true};
  if (auto bad = unknown_parameter(target, {}))
    return std::move(*bad);
  if (path == "/api/info")
    return info(site);
  if (path == "/api/latest")
    return ask_latest{};
  if (path == "/api/transitions")
    return ask_transitions{};
  return ask(std::string_view{path}.substr(5)); // behind "/api/"
}

constexpr std::array<std::string_view, 12> readable{
  "/metrics",    "/healthz",         "/readyz",     "/api/info",
  "/api/status", "/api/stats",       "/api/series", "/api/config",
  "/api/latest", "/api/transitions", "/api/events", "/api/assessments"};

} // namespace

web_reply refuse(unsigned status, std::string_view code,
                 std::string_view message) {
  web_reply out;
  out.status = status;
  json_writer text;
  text.begin_object()
    .member("ok", false)
    .key("error")
    .begin_object()
    .member("code", code)
    .member("message", message)
    .end_object()
    .end_object();
  out.text = text.take();
  return out;
}

web_action judge(const web_request& x, const web_site& site) {
  if (!x.has_host || !host_is_ours(x.host, site.bind_host, site.hosts))
    return refuse(403, "foreign_host",
                  "the Host header names another machine; use this one's "
                  "address or localhost, or add the name to http.hosts");
  if (x.origin && !origin_is_ours(*x.origin, x.host))
    return refuse(403, "foreign_origin",
                  "the request comes from a page of another site");
  const auto target = parse_target(x.target);
  if (!target)
    return refuse(400, "bad_argument", "the path is broken");
  const auto& path = target->path;
  const bool reads = x.method == "GET" || x.method == "HEAD";
  if (path == "/api/breaker" || path == "/api/reload") {
    if (x.method == "POST")
      return post(x, site, *target);
    auto out = refuse(405, "method_not_allowed", "use POST");
    out.allow = "POST";
    return out;
  }
  if (!site.pages.contains(path)
      && std::find(readable.begin(), readable.end(), path) == readable.end())
    return refuse(404, "not_found",
                  "there is nothing here; see /, /metrics, /healthz, /readyz "
                  "and /api/{info,status,stats,series,config,latest,"
                  "transitions,assessments,events}");
  if (reads)
    return get(x, site, *target);
  auto out = refuse(405, "method_not_allowed", "use GET");
  out.allow = "GET, HEAD";
  return out;
}

unsigned status_of(std::string_view body) {
  if (body.starts_with("{\"ok\":true"))
    return 200;
  const auto tree = json::parse(body, nullptr, false);
  const auto error = tree.is_object() ? tree.find("error") : tree.end();
  if (!tree.is_object() || error == tree.end() || !error->is_object())
    return 500;
  const auto found = error->find("code");
  const auto code = found != error->end() && found->is_string()
                      ? found->get<std::string>()
                      : std::string{"internal"};
  if (code == "timeout" || code == "not_available")
    return 503;
  if (code == "unknown_strategy" || code == "unknown_series"
      || code == "not_watched")
    return 404;
  if (code == "bad_config")
    return 409;
  if (code == "too_large")
    return 413;
  return code == "internal" ? 500 : 400;
}

} // namespace riskbreaker::transport
