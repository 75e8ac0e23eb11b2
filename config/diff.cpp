#include "config/diff.hpp"

#include "config/node.hpp"
#include "config/print.hpp"

#include <nlohmann/json.hpp>

namespace riskbreaker::config {

namespace {

using json = nlohmann::ordered_json;

std::string text_of(const json& x) {
  return x.dump(-1, ' ', false, json::error_handler_t::replace);
}

class comparer {
public:
  void compare(const std::string& pointer, const json& a, const json& b) {
    if (!a.is_object() || !b.is_object()) {
      if (a != b)
        add(pointer, text_of(a), text_of(b));
      return;
    }
    for (const auto& [key, value] : a.items()) {
      auto i = b.find(key);
      if (i == b.end())
        add(pointer / key, text_of(value), std::nullopt);
      else
        compare(pointer / key, value, *i);
    }
    for (const auto& [key, value] : b.items())
      if (!a.contains(key))
        add(pointer / key, std::nullopt, text_of(value));
  }

  void compare_secret(const std::string& pointer, const std::string& a,
                      const std::string& b) {
    auto masked = [](const std::string& x) {
      return x.empty() ? std::string{"null"} : text_of(json(masked_secret));
    };
    if (a != b)
      add(pointer, masked(a), masked(b));
  }

  /// Files and folders may have the same names and hold other keys.
  void compare_clients(const char* socket, const core::client_list& a,
                       const core::client_list& b) {
    auto count = [](const core::client_list& x) {
      return x.anyone ? std::string{"anyone"}
                      : std::to_string(x.keys.size()) + " keys";
    };
    if (a != b)
      add(std::string{"/transport/curve/clients"} / socket, count(a),
          count(b) + (a.keys.size() == b.keys.size() ? " (others)" : ""));
  }

  void compare_curve(const curve_settings& a, const curve_settings& b) {
    compare_secret("/transport/curve/secret_key_file", a.secret_key,
                   b.secret_key);
    compare_clients("candles", a.clients.candles, b.clients.candles);
    compare_clients("results", a.clients.results, b.clients.results);
    compare_clients("control", a.clients.control, b.clients.control);
  }

  /// The file's name is the same, what it holds is not.
  void compare_prompt(const core::strategy& a, const core::strategy& b) {
    if (a.prompt_file != b.prompt_file || a.prompt == b.prompt)
      return;
    auto name = text_of(json(a.prompt_file));
    add(std::string{"/strategies"} / a.name / "llm" / "prompt_file", name,
        name + " (its text has changed)");
  }

  std::vector<change> result;

private:
  void add(const std::string& pointer, std::optional<std::string> a,
           std::optional<std::string> b) {
    result.push_back(
      {pointer, std::move(a), std::move(b), needs_restart(pointer)});
  }
};

} // namespace

bool needs_restart(std::string_view pointer) {
  return !pointer.starts_with("/transport/curve/clients")
         && !pointer.starts_with("/strategies")
         && !pointer.starts_with("/llm/endpoints");
}

std::vector<change> diff(const settings& before, const settings& after) {
  auto a = effective(before);
  auto b = effective(after);
  // Secrets are compared themselves: a mask always looks the same.
  a["http"].erase("token");
  b["http"].erase("token");
  comparer out;
  out.compare("", a, b);
  out.compare_secret("/http/token", before.http.token, after.http.token);
  if (before.transport.curve && after.transport.curve)
    out.compare_curve(*before.transport.curve, *after.transport.curve);
  for (const auto& [name, e] : before.strategies.endpoints) {
    auto i = after.strategies.endpoints.find(name);
    if (i != after.strategies.endpoints.end())
      out.compare_secret(std::string{"/llm/endpoints"} / name / "api_key",
                         e->api_key, i->second->api_key);
  }
  for (const auto& s : before.strategies.strategies)
    if (auto t = after.strategies.find(s->name))
      out.compare_prompt(*s, *t);
  return std::move(out.result);
}

} // namespace riskbreaker::config
