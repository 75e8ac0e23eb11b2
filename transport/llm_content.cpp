#include "transport/llm_content.hpp"

#include "transport/llm_answer.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

namespace riskbreaker::transport {

namespace {

using json = nlohmann::ordered_json;
using kind = llm_fault_kind;

constexpr double beyond = 150; // of 0–100

struct asked_pair {
  std::string name;
  std::string_view text;
};

/// The name in a line `=== pair 1 of 2: "NAME" ===`, if it is such a line.
std::optional<std::string> named_in(std::string_view line) {
  constexpr std::string_view opening = "=== pair ", ending = " ===";
  if (!line.starts_with(opening) || !line.ends_with(ending))
    return std::nullopt;
  line.remove_suffix(ending.size());
  auto name = json::parse(line.substr(std::min(line.find('"'), line.size())),
                          nullptr, false);
  if (!name.is_string())
    return std::nullopt;
  return name.get<std::string>();
}

/// The parts of a prompt for several pairs; none where it is for one.
std::vector<asked_pair> pairs_in(std::string_view prompt) {
  std::vector<asked_pair> found;
  std::size_t body = 0;
  for (std::size_t at = 0; at < prompt.size();) {
    const auto end = std::min(prompt.find('\n', at), prompt.size());
    if (auto name = named_in(prompt.substr(at, end - at))) {
      if (!found.empty())
        found.back().text = prompt.substr(body, at - body);
      found.push_back({std::move(*name), {}});
      body = std::min(end + 1, prompt.size());
    }
    at = end + 1;
  }
  if (!found.empty())
    found.back().text = prompt.substr(body);
  return found;
}

json object_for(std::string_view prompt, std::uint64_t seed, bool bad) {
  const auto answer = simulate_answer(prompt, seed);
  return {{"risk_score", bad ? beyond : answer.risk_score},
          {"confidence", answer.confidence},
          {"reasoning", answer.reasoning}};
}

json content_of(const llm_fault& fault, std::string_view prompt,
                std::uint64_t seed) {
  const auto all_bad = fault.kind == kind::out_of_range;
  const auto last_bad = all_bad || fault.kind == kind::one_bad_pair;
  const auto pairs = pairs_in(prompt);
  if (pairs.empty())
    return object_for(prompt, seed, last_bad);
  auto list = json::array();
  for (const auto& x : pairs) {
    json named{{"pair", x.name}};
    named.update(
      object_for(x.text, seed, &x == &pairs.back() ? last_bad : all_bad));
    list.push_back(std::move(named));
  }
  return {{"assessments", std::move(list)}};
}

} // namespace

std::string simulate_content(const llm_fault& fault, std::string_view prompt,
                             std::uint64_t seed) {
  const auto object = content_of(fault, prompt, seed);
  const auto text = object.dump();
  switch (fault.kind) {
    case kind::fenced:
      return "```json\n" + object.dump(2) + "\n```";
    case kind::think:
      return "<think>\nFirst idea: {\"risk_score\": 1, \"confidence\": 0.99, "
             "\"reasoning\": \"looks calm\"}. No, look again.\n</think>\n\n"
             + text;
    case kind::prose:
      return "I looked at closes [1,2] and found {} unusual.\n\n" + text
             + "\n\nThis is not financial advice {see terms}.";
    case kind::truncated:
      return text.substr(0, text.size() / 2);
    default:
      return text;
  }
}

} // namespace riskbreaker::transport
