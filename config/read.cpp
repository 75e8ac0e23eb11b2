#include "config/read.hpp"

#include "config/ca_file.hpp"
#include "config/checks.hpp"
#include "config/curve.hpp"
#include "config/prompts.hpp"
#include "config/reader.hpp"
#include "config/secrets.hpp"

#include <algorithm>

namespace riskbreaker::config {

namespace {

/// Where to point at for a secret: the key that names where it is.
const node& source_node(const node& at, const char* env, const char* file) {
  if (const auto* x = at.find(env))
    return *x;
  if (const auto* x = at.find(file))
    return *x;
  return at;
}

class settings_reader : public reader {
public:
  settings_reader(const node& root, const environment& env, settings& to,
                  findings& out)
    : reader(root, out), env_(env), to_(to) {
    take("$schema"); // for editors
  }

  void table(const char* key, const char*, table_kind kind) override {
    const auto* all = take_object(key);
    if (all == nullptr)
      return;
    for (const auto& m : *all->members()) {
      if (auto bad = check_name(m.key))
        out_.error(m.where, m.value.pointer,
                   "the name " + quote(m.key) + ' ' + *bad);
      else if (m.value.members() == nullptr)
        error(m.value,
              std::string{"must be an object, is "} + kind_of(m.value));
      else if (kind == table_kind::endpoints)
        read_endpoint(m.key, m.value);
      else
        read_strategy(m.key, m.value);
    }
    auto by_name = [](const auto& a, const auto& b) {
      return a->name < b->name;
    };
    auto& strategies = to_.strategies.strategies;
    std::sort(strategies.begin(), strategies.end(), by_name);
  }

  void defaults(const char* key, const char*) override {
    defaults_ = take_object(key);
    if (defaults_ == nullptr)
      return;
    // Here in case no strategy is there to find their mistakes.
    core::strategy scratch;
    reader sub{*defaults_, out_};
    describe(sub, scratch);
    sub.finish();
    fetch_prompt(scratch, *defaults_, out_);
  }

private:
  void read_endpoint(const std::string& name, const node& at) {
    auto errors = out_.errors.size();
    endpoint_entry x;
    x.it.name = name;
    reader sub{at, out_};
    describe(sub, x);
    sub.finish();
    names_.push_back(name);
    if (!x.key.empty()) {
      auto key = fetch(x.key, env_);
      const auto& named = source_node(at, "api_key_env", "api_key_file");
      x.it.usable = key.value.has_value();
      x.it.api_key = key.value.value_or("");
      if (!x.it.usable)
        out_.warn(named.where, named.pointer,
                  key.problem + "; this endpoint is not asked");
      if (!key.warning.empty())
        out_.warn(named.where, named.pointer, key.warning);
      to_.key_sources.emplace(name, x.key);
    }
    if (out_.errors.size() == errors)
      check_endpoint(x.it, at, out_);
    to_.strategies.endpoints.emplace(
      name, std::make_shared<const core::endpoint>(std::move(x.it)));
  }

  void read_strategy(const std::string& name, const node& own) {
    auto at = own;
    if (defaults_ != nullptr) {
      at = *defaults_;
      lay_over(at, own);
      at.where = own.where;
      at.pointer = own.pointer;
    }
    auto errors = out_.errors.size();
    auto x = default_strategy(name);
    x.endpoints = names_;
    reader sub{at, out_};
    describe(sub, x);
    sub.finish();
    if (out_.errors.size() == errors)
      check_numbers(x, at, out_);
    check_endpoints_of(x, at, to_, out_);
    fetch_prompt(x, at, out_);
    to_.strategies.strategies.push_back(
      std::make_shared<const core::strategy>(std::move(x)));
  }

  const environment& env_;
  settings& to_;
  const node* defaults_ = nullptr;
  std::vector<std::string> names_; // of endpoints, in the file's order
};

void fetch_token(http_settings& x, const node& root, const environment& env,
                 findings& out) {
  const auto* http = root.find("http");
  if (http == nullptr)
    return;
  if (!x.token.empty()) {
    // Given directly, perhaps over one that another file names.
    x.token_from = {};
    const auto& at = *http->find("token");
    if (x.token == masked_secret)
      out.error(at.where, at.pointer,
                "is the mask that stands for a token, not a token");
    if (at.where.line != 0 && world_readable(*at.where.file))
      out.warn(at.where, at.pointer,
               "everyone on this machine can read the token in this file; "
               "chmod 600 it");
    return;
  }
  if (x.token_from.empty())
    return;
  auto token = fetch(x.token_from, env);
  const auto& at = source_node(*http, "token_env", "token_file");
  if (token.value)
    x.token = *token.value;
  else if (token.unfit) // nobody could ever send it
    out.error(at.where, at.pointer, token.problem);
  else
    out.warn(at.where, at.pointer,
             token.problem + "; the HTTP server is read-only");
  if (!token.warning.empty())
    out.warn(at.where, at.pointer, token.warning);
}

} // namespace

settings read_settings(const node& root, const environment& env,
                       findings& out) {
  settings x;
  settings_reader v{root, env, x, out};
  describe(v, x);
  v.finish();
  fetch_token(x.http, root, env, out);
  fetch_curve_keys(x.transport, root, out);
  check_ca_file(x.llm, root, out);
  check_proxy_use(x.llm, root, out);
  check_sockets(x, root, out);
  if (x.strategies.strategies.empty())
    out.warn(root.where, "/strategies",
             "no strategy is configured: nothing will be assessed");
  if (x.strategies.endpoints.empty())
    out.warn(root.where, "/llm/endpoints",
             "no LLM endpoint is configured: the fallback answers everything");
  return x;
}

} // namespace riskbreaker::config
