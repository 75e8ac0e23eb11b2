#include "config/fields.hpp"

#include "config/checks.hpp"
#include "config/field_makers.hpp"

namespace riskbreaker::config {

text_field words(const char* key, const char* about, std::string& x,
                 complaint (*check)(const std::string&)) {
  text_field out;
  out.key = key;
  out.about = about;
  out.check = check;
  out.get = [&x] {
    return std::optional{x};
  };
  out.set = [&x](auto v) {
    x = std::move(*v);
  };
  return out;
}

text_field words(const char* key, const char* about,
                 std::optional<std::string>& x,
                 complaint (*check)(const std::string&)) {
  text_field out;
  out.key = key;
  out.about = about;
  out.nullable = true;
  out.check = check;
  out.get = [&x] {
    return x;
  };
  out.set = [&x](auto v) {
    x = std::move(v);
  };
  return out;
}

text_field private_words(const char* key, const char* about, std::string& x,
                         complaint (*check)(const std::string&)) {
  text_field out;
  out.key = key;
  out.about = about;
  out.nullable = true;
  out.discreet = true;
  out.check = check;
  out.get = [&x] {
    return x.empty() ? std::nullopt : std::optional{x};
  };
  out.set = [&x](auto v) {
    x = v ? std::move(*v) : std::string{};
  };
  return out;
}

list_field word_list(const char* key, const char* about, const char* example,
                     std::vector<std::string>& x,
                     complaint (*check)(const std::string&)) {
  list_field out;
  out.key = key;
  out.about = about;
  out.may_be_empty = true;
  out.example = example;
  out.check = check;
  out.get = [&x] {
    return x;
  };
  out.set = [&x](auto all) {
    x = std::move(all);
  };
  return out;
}

namespace {

void describe_http(field_visitor& v, http_settings& x) {
  v.enter("http", "Dashboard, metrics and JSON API.");
  v.text(
    words("bind", "HOST:PORT; null: no HTTP server.", x.bind, check_http_bind));
  auto token = private_words(
    "token",
    "Allows state-changing calls to whoever sends it; without one the server "
    "is read-only. Better in the environment (RISKBREAKER__HTTP__TOKEN, or "
    "token_env) or in a file (token_file).",
    x.token, check_secret);
  token.secret = true;
  // One that was named instead is shown by its name.
  token.get = [&x] {
    return x.token.empty() || !x.token_from.empty() ? std::nullopt
                                                    : std::optional{x.token};
  };
  v.text(token);
  v.text(private_words("token_env",
                       "The environment variable that holds the token.",
                       x.token_from.env, check_variable));
  v.text(private_words("token_file", "The file that holds the token.",
                       x.token_from.file, check_words));
  v.flag("allow_insecure",
         "Lets the server be bound to an address that other machines reach, "
         "unencrypted.",
         x.allow_insecure);
  v.list(word_list("hosts",
                   "Further names that the server may be asked by, such as "
                   "that of a reverse proxy that passes it on.",
                   R"(["risk.example.org"])", x.hosts, check_host_name));
  v.leave();
}

void describe_limits(field_visitor& v, limit_settings& x) {
  v.enter("limits", "What candles may cost.");
  v.number(seconds("max_clock_skew",
                   "A closed candle may close this far in the future.",
                   x.max_clock_skew, between(0, max_seconds)));
  v.number(count("max_gap_fill",
                 "Missing candles filled in flat; a longer gap restarts the "
                 "series.",
                 x.max_gap_fill, between(0, 100'000)));
  v.number(count("max_series", "Pairs × timeframes kept at once.", x.max_series,
                 between(1, 1'000'000, "0 would refuse every candle")));
  v.number(count(
    "window", "Closed candles kept of each series.", x.window,
    between(500, 100'000, "with less, Wilder's indicators drift on a replay")));
  v.number(count("max_frame", "Bytes of one message.", x.max_frame,
                 between(1024, 1'073'741'824)));
  v.leave();
}

} // namespace

void describe(field_visitor& v, settings& x) {
  describe(v, x.transport);
  describe_http(v, x.http);
  v.enter("journal",
          "What was answered and what a restart needs, on disk (SQLite).");
  v.text(
    words("path", "The file; null: no journal.", x.journal.path, check_words));
  v.number(count("keep_days", "Older rows are deleted; null: kept for ever.",
                 x.journal.keep_days, between(1, 36'500)));
  v.text(choice<core::journaled>("assessments",
                                 "Which are kept; what a restart needs always "
                                 "is.",
                                 x.journal.assessments,
                                 {{"all", core::journaled::all},
                                  {"llm", core::journaled::llm},
                                  {"none", core::journaled::none}}));
  v.leave();
  v.enter("stats", "Statistics on topic stats.*.");
  v.number(seconds("interval", "How often they are published.",
                   x.stats.interval, above(0, max_seconds)));
  v.leave();
  describe_limits(v, x.limits);
  v.enter("llm", "What can be asked for an opinion.");
  v.text(private_words("proxy",
                       "The proxy for all calls: http, https, socks5 or "
                       "socks5h://HOST:PORT, without credentials; null: none, "
                       "whatever the environment says.",
                       x.llm.proxy, check_proxy));
  v.list(word_list("no_proxy",
                   "Hosts that are asked without the proxy: names (their "
                   "sub-domains too), addresses, networks as 10.0.0.0/8, or *.",
                   R"(["localhost", "10.0.0.0/8"])", x.llm.no_proxy,
                   check_no_proxy));
  v.text(private_words("ca_file",
                       "Certificates to trust (PEM) instead of the system's; "
                       "the path starts at this file's folder. null: the "
                       "system's.",
                       x.llm.ca_file, check_words));
  v.table("endpoints", "OpenAI-compatible servers by name.",
          table_kind::endpoints);
  v.leave();
  v.defaults("defaults", "Any strategy key, for all strategies.");
  v.table("strategies", "Strategies by name.", table_kind::strategies);
}

void describe(field_visitor& v, endpoint_entry& x) {
  auto url = private_words("url",
                           "Base URL, without /chat/completions and without "
                           "credentials.",
                           x.it.url, check_url);
  url.required = true;
  url.nullable = false;
  url.set = [&x](std::optional<std::string> text) {
    while (text->ends_with('/'))
      text->pop_back();
    x.it.url = std::move(*text);
  };
  v.text(url);
  v.text(private_words("api_key_env",
                       "The environment variable that holds the key.",
                       x.key.env, check_variable));
  v.text(private_words("api_key_file", "The file that holds the key alone.",
                       x.key.file, check_words));
  auto model
    = words("model", "As the server calls it.", x.it.model, check_words);
  model.required = true;
  v.text(model);
  list_field headers;
  headers.key = "headers";
  headers.about = "More HTTP headers for this server, such as a gateway's "
                  "routing; never a secret.";
  headers.may_be_empty = true;
  headers.discreet = true;
  headers.example = R"(["X-Title: my bot"])";
  headers.check = check_header;
  headers.get = [&x] {
    return x.it.headers;
  };
  headers.set = [&x](auto all) {
    x.it.headers = std::move(all);
  };
  v.list(headers);
  auto& limits = x.it.limits;
  v.number(count("max_in_flight", "Calls open at once.", limits.max_in_flight,
                 between(1, 100'000,
                         "an LLM is switched off by \"endpoints\": [] in the "
                         "strategy")));
  v.number(real("requests_per_minute", "null: no limit.",
                limits.requests_per_minute,
                between(1, max_count, "null means no limit")));
  v.number(real("tokens_per_minute", "null: no limit.",
                limits.tokens_per_minute,
                between(1, max_count, "null means no limit")));
  v.number(count("calls_per_day",
                 "HTTP requests from 00:00 UTC, retries too; 0: none at all; "
                 "null: no limit.",
                 limits.calls_per_day, between(0, max_count)));
  v.number(real("usd_per_day",
                "From 00:00 UTC; 0: nothing may be spent; null: no limit.",
                limits.usd_per_day, between(0, max_count)));
  v.enter("usd_per_million_tokens", "Prices; they make the cost.");
  v.number(real("prompt", "Tokens sent.", x.it.usd_per_million_prompt,
                between(0, 1e6)));
  v.number(real("completion", "Tokens received.",
                x.it.usd_per_million_completion, between(0, 1e6)));
  v.leave();
}

} // namespace riskbreaker::config
