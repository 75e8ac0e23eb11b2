#include "core/strategy.hpp"

#include <algorithm>

namespace riskbreaker::core {

namespace {

/// How one `[…]` at the start of a pattern meets one byte.
struct set_match {
  bool closed = false; ///< false: no `]`, so the `[` stands for itself
  bool hit = false;
  std::size_t length = 0;
};

/// `[abc]`, `[a-z]`, `[!…]` or `[^…]`; a `]` right after the opening belongs to
/// the set, as in every shell.
set_match match_set(std::string_view pattern, char c) noexcept {
  auto byte = [](char x) {
    return static_cast<unsigned char>(x);
  };
  set_match result;
  std::size_t i = 1;
  auto negated = i < pattern.size() && (pattern[i] == '!' || pattern[i] == '^');
  if (negated)
    ++i;
  for (auto first = i; i < pattern.size(); ++i) {
    if (pattern[i] == ']' && i != first) {
      result.closed = true;
      result.hit = result.hit != negated;
      result.length = i + 1;
      return result;
    }
    auto low = pattern[i];
    auto high = low;
    if (i + 2 < pattern.size() && pattern[i + 1] == '-'
        && pattern[i + 2] != ']') {
      high = pattern[i + 2];
      i += 2;
    }
    result.hit |= byte(low) <= byte(c) && byte(c) <= byte(high);
  }
  return result;
}

/// How many bytes of the pattern meet `c`; 0 when they do not.
std::size_t match_one(std::string_view pattern, char c) noexcept {
  if (pattern.front() == '?')
    return 1;
  if (pattern.front() == '[')
    if (auto set = match_set(pattern, c); set.closed)
      return set.hit ? set.length : 0;
  return pattern.front() == c ? 1 : 0;
}

} // namespace

bool matches_pattern(std::string_view pattern, std::string_view text) {
  // Going back to the newest star alone is enough, which keeps this at
  // O(pattern × text) whatever somebody writes.
  constexpr auto none = std::string_view::npos;
  auto star = none;
  std::size_t p = 0;
  std::size_t t = 0;
  std::size_t resume = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = t;
      continue;
    }
    auto step = p < pattern.size() ? match_one(pattern.substr(p), text[t]) : 0;
    if (step != 0) {
      p += step;
      ++t;
    } else if (star != none) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*')
    ++p;
  return p == pattern.size();
}

bool strategy::watches(std::string_view pair, timeframe frame) const {
  if (std::find(timeframes.begin(), timeframes.end(), frame)
      == timeframes.end())
    return false;
  // A name is taken as it is first: an exchange may list one with brackets.
  return std::any_of(pairs.begin(), pairs.end(), [pair](const auto& x) {
    return x == pair || matches_pattern(x, pair);
  });
}

std::shared_ptr<const strategy>
strategy_table::find(std::string_view name) const {
  auto i = std::find_if(strategies.begin(), strategies.end(),
                        [name](const auto& x) { return x->name == name; });
  return i != strategies.end() ? *i : nullptr;
}

bool strategy_table::llm_enabled(const strategy& x) const {
  return std::any_of(x.endpoints.begin(), x.endpoints.end(),
                     [this](const std::string& name) {
                       auto i = endpoints.find(name);
                       return i != endpoints.end() && i->second->usable;
                     });
}

bool operator==(const strategy_table& a, const strategy_table& b) {
  auto same_strategy = [](const auto& x, const auto& y) {
    return *x == *y;
  };
  auto same_endpoint = [](const auto& x, const auto& y) {
    return x.first == y.first && *x.second == *y.second;
  };
  return std::equal(a.strategies.begin(), a.strategies.end(),
                    b.strategies.begin(), b.strategies.end(), same_strategy)
         && std::equal(a.endpoints.begin(), a.endpoints.end(),
                       b.endpoints.begin(), b.endpoints.end(), same_endpoint);
}

} // namespace riskbreaker::core
