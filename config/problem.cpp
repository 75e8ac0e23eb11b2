#include "config/problem.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cctype>

namespace riskbreaker::config {

namespace {

// Longer texts are cut in messages.
constexpr std::size_t max_quoted = 60;

void add(std::vector<config_error>& to, const origin& where,
         std::string pointer, std::string message) {
  config_error x{where.file ? *where.file : std::string{}, where.line,
                 where.column, std::move(pointer), std::move(message)};
  if (std::find(to.begin(), to.end(), x) == to.end())
    to.push_back(std::move(x));
}

// Edits between two words; swapped neighbours count as one.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::vector<std::size_t>> d(
    a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i)
    d[i][0] = i;
  for (std::size_t j = 0; j <= b.size(); ++j)
    d[0][j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i)
    for (std::size_t j = 1; j <= b.size(); ++j) {
      auto cost = a[i - 1] == b[j - 1] ? 0U : 1U;
      d[i][j]
        = std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + cost});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
    }
  return d[a.size()][b.size()];
}

std::string lower(std::string_view x) {
  std::string result{x};
  for (auto& c : result)
    c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return result;
}

} // namespace

std::string format(const config_error& x) {
  auto out = x.file;
  if (x.line != 0)
    out += ':' + std::to_string(x.line) + ':' + std::to_string(x.column);
  if (!out.empty())
    out += ": ";
  if (!x.pointer.empty())
    out += x.pointer + ": ";
  out += x.message;
  // File names and keys are the user's: they must not break the line.
  for (auto& c : out)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
      c = '?';
  return out;
}

void findings::error(const origin& where, std::string pointer,
                     std::string message) {
  add(errors, where, std::move(pointer), std::move(message));
}

void findings::warn(const origin& where, std::string pointer,
                    std::string message) {
  add(warnings, where, std::move(pointer), std::move(message));
}

std::string quote(std::string_view text) {
  using json = nlohmann::json;
  auto cut = text.substr(0, max_quoted);
  // Never in the middle of a character.
  while (cut.size() < text.size() && !cut.empty()
         && (static_cast<unsigned char>(text[cut.size()]) & 0xC0) == 0x80)
    cut.remove_suffix(1);
  return json(std::string{cut})
           .dump(-1, ' ', false, json::error_handler_t::replace)
         + (cut.size() < text.size() ? "…" : "");
}

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const auto& x : words) {
    if (!out.empty())
      out += ", ";
    out += x;
  }
  return out;
}

std::string nearest(std::string_view word,
                    const std::vector<std::string>& words) {
  // What is longer than any name of ours is no slip of the pen.
  if (word.size() > 100)
    return {};
  auto wanted = lower(word);
  std::string best;
  auto best_distance = std::max<std::size_t>(2, word.size() / 3) + 1;
  for (const auto& x : words) {
    auto d = distance(wanted, lower(x));
    if (d < best_distance) {
      best_distance = d;
      best = x;
    }
  }
  // What was cut short is no edit or two away, but still meant.
  for (const auto& x : words)
    if (best.empty() && wanted.size() >= 3 && lower(x).starts_with(wanted))
      best = x;
  return best;
}

} // namespace riskbreaker::config
