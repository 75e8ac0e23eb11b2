#include "transport/llm_answer.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <numeric>
#include <vector>

namespace riskbreaker::transport {

namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_word(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
         || c == '_';
}

/// Whether the character belongs to the word it stands in: a point, and what
/// holds dates and times together.
bool joins(std::string_view text, std::size_t at) {
  const char c = text[at];
  return (c == '.' || c == '-' || c == ':') && at > 0 && at + 1 < text.size()
         && is_word(text[at - 1]) && is_digit(text[at + 1]);
}

constexpr double absurd = 1e100; // sums must stay finite

/// The numbers that stand by themselves: not the 14 of "rsi14", nor dates.
std::vector<double> numbers_in(std::string_view text) {
  std::vector<double> found;
  for (std::size_t i = 0; i < text.size();) {
    if (!is_word(text[i])) {
      ++i;
      continue;
    }
    auto end = i;
    while (end < text.size() && (is_word(text[end]) || joins(text, end)))
      ++end;
    double value = 0;
    const auto* last = text.data() + end;
    const auto [stop, ec] = std::from_chars(text.data() + i, last, value);
    if (ec == std::errc{} && stop == last && value > 0 && value < absurd)
      found.push_back(value);
    i = end;
  }
  return found;
}

/// Those that can be prices of one market: the largest crowd of numbers within
/// a factor of two of each other.
std::vector<double> prices_in(const std::vector<double>& numbers) {
  auto sorted = numbers;
  std::sort(sorted.begin(), sorted.end());
  std::size_t from = 0, best = 0;
  double lowest = 0;
  for (std::size_t to = 0; to < sorted.size(); ++to) {
    while (sorted[to] > 2 * sorted[from])
      ++from;
    if (to + 1 - from > best) {
      best = to + 1 - from;
      lowest = sorted[from];
    }
  }
  std::vector<double> prices;
  for (const double x : numbers)
    if (x >= lowest && x <= 2 * lowest)
      prices.push_back(x);
  return prices;
}

struct moves {
  std::size_t count = 0;
  double mean = 0;  ///< of the absolute logarithmic moves
  double drift = 0; ///< from the first quarter of the prices to the last
};

moves moves_in(const std::vector<double>& prices) {
  moves result;
  if (prices.size() < 2)
    return result;
  result.count = prices.size() - 1;
  for (std::size_t i = 1; i < prices.size(); ++i)
    result.mean += std::fabs(std::log(prices[i] / prices[i - 1]));
  result.mean /= static_cast<double>(result.count);
  const auto quarter
    = static_cast<std::ptrdiff_t>(std::max<std::size_t>(prices.size() / 4, 1));
  const double zero = 0;
  result.drift = std::log(
    std::accumulate(prices.end() - quarter, prices.end(), zero)
    / std::accumulate(prices.begin(), prices.begin() + quarter, zero));
  return result;
}

double rounded(double x, double steps) {
  return std::round(x * steps) / steps;
}

} // namespace

std::uint64_t stable_hash(std::string_view text, std::uint64_t seed) noexcept {
  // FNV-1a, then a finaliser that spreads the last bytes over all bits.
  std::uint64_t hash = 0xcbf29ce484222325u ^ (seed * 0x9e3779b97f4a7c15u);
  for (const char c : text)
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  hash = (hash ^ (hash >> 33)) * 0xff51afd7ed558ccdu;
  hash = (hash ^ (hash >> 33)) * 0xc4ceb9fe1a85ec53u;
  return hash ^ (hash >> 33);
}

simulated_answer simulate_answer(std::string_view prompt, std::uint64_t seed) {
  const auto seen = moves_in(prices_in(numbers_in(prompt)));
  const auto hash = stable_hash(prompt, seed);
  const auto noise = static_cast<double>(hash % 1'001) / 100 - 5;
  const auto width = seen.mean / (seen.mean + 0.01);
  const auto fall = -std::tanh(seen.drift * 10);
  simulated_answer result;
  // Never below 1: a fraction is ambiguous as a score of 0–100.
  result.risk_score
    = rounded(std::clamp(25 + 50 * width + 20 * fall + noise, 1.0, 99.0), 10);
  result.confidence
    = rounded(0.6 + static_cast<double>((hash >> 32) % 36) / 100, 100);
  char text[160];
  std::snprintf(text, sizeof text,
                "Simulated: mean move %.3f %%, drift %+.2f %% over %zu steps.",
                seen.mean * 100, seen.drift * 100, seen.count);
  result.reasoning = text;
  return result;
}

} // namespace riskbreaker::transport
