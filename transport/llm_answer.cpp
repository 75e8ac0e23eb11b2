#include "transport/llm_answer.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
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

/// The numbers that stand by themselves: not the 14 of "rsi14", nor times.
std::vector<double> numbers_in(std::string_view text) {
  std::vector<double> found;
  for (std::size_t i = 0; i < text.size();) {
    if (!is_word(text[i])) {
      ++i;
      continue;
    }
    auto end = i;
    while (end < text.size()
           && (is_word(text[end])
               || (text[end] == '.' && end + 1 < text.size()
                   && is_digit(text[end + 1]))))
      ++end;
    double value = 0;
    const auto* last = text.data() + end;
    const auto [stop, ec] = std::from_chars(text.data() + i, last, value);
    if (ec == std::errc{} && stop == last && value > 0)
      found.push_back(value);
    i = end;
  }
  return found;
}

/// The moves between neighbours that can be prices of one market; a price
/// beside a volume or a date is none.
struct moves {
  std::size_t count = 0;
  double mean = 0;  ///< of the absolute logarithmic moves
  double drift = 0; ///< from the first such price to the last
};

moves moves_in(const std::vector<double>& numbers) {
  constexpr double nearest = 0.25; // in logarithms: 22 % down, 28 % up
  moves result;
  double first = 0, last = 0;
  for (std::size_t i = 1; i < numbers.size(); ++i) {
    const auto move = std::log(numbers[i] / numbers[i - 1]);
    if (std::fabs(move) > nearest)
      continue;
    if (result.count++ == 0)
      first = numbers[i - 1];
    last = numbers[i];
    result.mean += std::fabs(move);
  }
  if (result.count > 0) {
    result.mean /= static_cast<double>(result.count);
    result.drift = std::log(last / first);
  }
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
  const auto seen = moves_in(numbers_in(prompt));
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
