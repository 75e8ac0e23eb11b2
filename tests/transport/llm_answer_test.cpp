#include "tests/support/catch.hpp"
#include "transport/llm_answer.hpp"

#include <cmath>
#include <set>

using namespace riskbreaker::transport;

namespace {

/// A market as rows of open, high, low, close, volume.
std::string market(double step, double width) {
  std::string text = "candles of \"BTC/USDT\" (5m), rsi14:\n";
  double price = 100;
  for (int i = 0; i < 50; ++i) {
    const auto next = price * (1 + step);
    text += "2023-11-14T22:" + std::to_string(10 + i) + ":20Z,";
    for (const double x :
         {price, price * (1 + width), price * (1 - width), next, 123456.0 + i})
      text += std::to_string(x) + ", ";
    text += '\n';
    price = next;
  }
  return text + "RSI 14: 55.5\nADX 14: 20\ntrend: 0.25; 20; 0.25\n";
}

double score(const std::string& prompt, std::uint64_t seed = 1) {
  return simulate_answer(prompt, seed).risk_score;
}

} // namespace

TEST_CASE("the simulated answer depends on prompt and seed alone",
          "[llm_answer]") {
  const auto prompt = market(0.001, 0.002);
  CHECK(score(prompt) == score(prompt));
  std::set<double> seen;
  for (std::uint64_t seed = 0; seed < 20; ++seed)
    seen.insert(score(prompt, seed));
  CHECK(seen.size() > 5);
  CHECK(stable_hash("a", 1) != stable_hash("b", 1));
  CHECK(stable_hash("a", 1) != stable_hash("a", 2));
}

TEST_CASE("simulated scores move with the market", "[llm_answer]") {
  // The noise is at most 5 either way.
  CHECK(score(market(0, 0.05)) > score(market(0, 0.0005)) + 10);
  CHECK(score(market(-0.005, 0.002)) > score(market(0.005, 0.002)) + 10);
}

TEST_CASE("a simulated answer is always one that can be read", "[llm_answer]") {
  for (const auto* prompt :
       {"", "no numbers", "1",
        "1e308 1e308 1e308 1e308 1e308 1e308 1e308 1e308", "0 0 0",
        "1e308 1e308 1e-308", "nan inf 5", "9.9.9 2023-11-14T22:13:20Z 1.",
        "\xff\xfe\x01 5 5.1"})
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
      const auto answer = simulate_answer(prompt, seed);
      CHECK(answer.risk_score >= 1);
      CHECK(answer.risk_score <= 99);
      CHECK(answer.confidence >= 0.6);
      CHECK(answer.confidence <= 0.95);
      CHECK(std::fabs(std::remainder(answer.risk_score * 10, 1)) < 1e-9);
      CHECK(!answer.reasoning.empty());
    }
}
