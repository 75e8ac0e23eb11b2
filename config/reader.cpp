#include "config/reader.hpp"

#include "config/keys.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>

namespace riskbreaker::config {

namespace {

std::string plain(double x) {
  node n;
  n.value = x;
  return shown(n);
}

complaint check_number(double x, const number_field& f) {
  const auto& r = f.allowed;
  auto but = ", is " + plain(x);
  if (*r.why != '\0')
    but += std::string{"; "} + r.why;
  if (x < r.min || (r.above_min && x == r.min))
    return (r.above_min ? "must be greater than " : "must be at least ")
           + plain(r.min) + but;
  if (x > r.max || (r.below_max && x == r.max))
    return (r.below_max ? "must be less than " : "must be at most ")
           + plain(r.max) + but;
  if (f.whole && x != std::floor(x))
    return "must be a whole number, is " + plain(x);
  return std::nullopt;
}

complaint check_choice(const std::string& x,
                       const std::vector<std::string>& choices) {
  if (choices.empty()
      || std::find(choices.begin(), choices.end(), x) != choices.end())
    return std::nullopt;
  auto out = "must be one of " + joined(choices) + ", is " + quote(x);
  if (auto near = nearest(x, choices); !near.empty())
    out += "; did you mean " + quote(near) + '?';
  return out;
}

// Keys under which people put the secret itself.
bool sounds_secret(std::string_view key) {
  std::string x;
  for (auto c : key)
    if (c != '_' && c != '-')
      x += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  for (auto word : {"apikey", "key", "token", "secret", "password", "bearer",
                    "authorization"})
    if (x == word)
      return true;
  return false;
}

std::string unknown_key(const std::string& key,
                        const std::vector<std::string>& known) {
  auto out = "unknown key " + quote(key);
  auto holds = [&](const char* x) {
    return std::find(known.begin(), known.end(), x) != known.end();
  };
  if (sounds_secret(key) && holds("api_key_env"))
    return out
           + "; a key never stands in the configuration itself: give its "
             "environment variable as api_key_env or its file as api_key_file";
  std::vector<std::string> ours; // without "$schema", which is the editor's
  std::copy_if(known.begin(), known.end(), std::back_inserter(ours),
               [](const auto& x) { return !x.starts_with('$'); });
  auto places = places_of(key);
  if (auto near = nearest(key, ours); !near.empty() && places.empty())
    out += "; did you mean " + quote(near) + '?';
  else if (!places.empty())
    out += "; it belongs in " + joined(places);
  return out + (out.back() == '?' ? " Allowed" : "; allowed")
         + " here: " + joined(ours);
}

} // namespace

reader::reader(const node& top, findings& out) : out_(out), stack_{{&top, {}}} {
  // nop
}

void reader::error(const node& at, std::string message) {
  out_.error(at.where, at.pointer, std::move(message));
}

const node* reader::take(const char* key) {
  auto& here = stack_.back();
  here.known.emplace_back(key);
  return here.object != nullptr ? here.object->find(key) : nullptr;
}

const node* reader::take_object(const char* key) {
  const auto* x = take(key);
  if (x != nullptr && x->members() == nullptr) {
    error(*x, std::string{"must be an object, is "} + kind_of(*x));
    return nullptr;
  }
  return x;
}

void reader::refuse_unknown(const frame& x) {
  if (x.object == nullptr || x.object->members() == nullptr)
    return;
  for (const auto& m : *x.object->members())
    if (std::find(x.known.begin(), x.known.end(), m.key) == x.known.end())
      out_.error(m.where, m.value.pointer, unknown_key(m.key, x.known));
}

void reader::finish() {
  refuse_unknown(stack_.back());
}

void reader::enter(const char* key, const char*) {
  stack_.push_back({take_object(key), {}});
}

void reader::leave() {
  refuse_unknown(stack_.back());
  stack_.pop_back();
}

void reader::flag(const char* key, const char*, bool& x) {
  const auto* n = take(key);
  if (n == nullptr)
    return;
  if (const auto* b = std::get_if<bool>(&n->value))
    x = *b;
  else
    error(*n, "must be true or false, is " + shown(*n));
}

void reader::number(const number_field& x) {
  const auto* n = take(x.key);
  if (n == nullptr)
    return;
  if (const auto* d = std::get_if<double>(&n->value)) {
    if (auto bad = check_number(*d, x))
      error(*n, *bad);
    else
      x.set(*d);
  } else if (x.nullable && std::holds_alternative<std::nullptr_t>(n->value)) {
    x.set(std::nullopt);
  } else {
    error(*n, std::string{x.nullable ? "must be a number or null, is "
                                     : "must be a number, is "}
                + shown(*n));
  }
}

void reader::refuse(const node& at, const text_field& x, std::string message) {
  if (!x.discreet)
    message += ", is " + shown(at);
  error(at, std::move(message));
}

void reader::text(const text_field& x) {
  const auto* n = take(x.key);
  const auto* object = stack_.back().object;
  if (n == nullptr) {
    if (x.required && object != nullptr)
      error(*object,
            "the key " + quote(x.key) + " is missing; it has no default");
    return;
  }
  if (x.nullable && std::holds_alternative<std::nullptr_t>(n->value)) {
    x.set(std::nullopt);
    return;
  }
  const auto* s = std::get_if<std::string>(&n->value);
  // In a variable a text needs no quotes, even if it looks like a number.
  if (s == nullptr && !n->raw.empty()
      && (std::holds_alternative<double>(n->value)
          || std::holds_alternative<bool>(n->value)))
    s = &n->raw;
  if (s == nullptr) {
    refuse(*n, x, x.nullable ? "must be a text or null" : "must be a text");
  } else if (auto wrong = check_choice(*s, x.choices)) {
    error(*n, *wrong);
  } else if (auto bad = x.check ? x.check(*s) : complaint{}) {
    refuse(*n, x, *bad);
  } else {
    x.set(*s);
  }
}

void reader::list(const list_field& x) {
  const auto* n = take(x.key);
  if (n == nullptr)
    return;
  const auto* elements = std::get_if<node::array>(&n->value);
  if (elements == nullptr) {
    error(*n, std::string{"must be a list such as "} + x.example + ", is "
                + shown(*n));
    return;
  }
  if (elements->empty() && !x.may_be_empty) {
    error(*n, std::string{"must not be empty; write "} + x.example);
    return;
  }
  std::vector<std::string> all;
  auto good = true;
  for (const auto& e : *elements) {
    const auto* s = std::get_if<std::string>(&e.value);
    auto but = x.discreet ? std::string{} : ", is " + shown(e);
    complaint bad;
    if (s == nullptr)
      bad = "must be a text" + but;
    else if (std::find(all.begin(), all.end(), *s) != all.end())
      bad = (x.discreet ? "the same" : quote(*s))
            + " stands in this list twice; delete one";
    else if (!(bad = check_choice(*s, x.choices)) && x.check
             && (bad = x.check(*s)))
      *bad += but;
    if (bad)
      error(e, *bad);
    else
      all.push_back(*s);
    good = good && !bad;
  }
  if (good)
    x.set(std::move(all));
}

bool reader::enter_optional(const char* key, const char*, bool) {
  const auto* n = take(key);
  if (n == nullptr || std::holds_alternative<std::nullptr_t>(n->value))
    return false;
  if (n->members() == nullptr) {
    error(*n, std::string{"must be an object or null, is "} + kind_of(*n));
    return false;
  }
  stack_.push_back({n, {}});
  return true;
}

void reader::table(const char* key, const char*, table_kind) {
  take_object(key);
}

void reader::defaults(const char* key, const char*) {
  take_object(key);
}

} // namespace riskbreaker::config
