#include "core/llm/answer_number.hpp"

#include "core/llm/answer_text.hpp"

#include <charconv>
#include <cmath>

namespace riskbreaker::core {

namespace {

struct decimal {
  double value = 0;
  bool percent = false;
};

/// Digits, at most one point between them, and perhaps a percent sign.
std::optional<decimal> read_text(std::string_view text) {
  constexpr std::size_t longest = 32;
  constexpr std::string_view digits = "0123456789";
  text = trim(text);
  decimal result;
  if (text.ends_with('%')) {
    result.percent = true;
    text = trim(text.substr(0, text.size() - 1));
  }
  auto point = text.find('.');
  auto whole = text.substr(0, point);
  if (text.size() > longest || whole.empty()
      || whole.find_first_not_of(digits) != std::string_view::npos)
    return std::nullopt;
  if (point != std::string_view::npos) {
    auto rest = text.substr(point + 1);
    if (rest.empty()
        || rest.find_first_not_of(digits) != std::string_view::npos)
      return std::nullopt;
  }
  // What is left cannot fail, and from_chars knows no locale.
  std::from_chars(text.data(), text.data() + text.size(), result.value);
  return result;
}

std::optional<decimal> read(const json& value) {
  if (auto* number = value.number()) {
    if (!std::isfinite(*number))
      return std::nullopt;
    return decimal{*number + 0.0, false}; // no negative zero
  }
  if (auto* text = value.string())
    return read_text(*text);
  return std::nullopt;
}

} // namespace

std::optional<double> read_risk_score(const json& value) {
  auto x = read(value);
  if (!x || x->value < 0 || x->value > 100 || (x->value > 0 && x->value < 1))
    return std::nullopt;
  return x->value;
}

std::optional<double> read_confidence(const json& value) {
  auto x = read(value);
  if (!x || x->value < 0 || x->value > 100)
    return std::nullopt;
  if (x->percent || x->value >= 2)
    return x->value / 100;
  if (x->value > 1)
    return std::nullopt;
  return x->value;
}

} // namespace riskbreaker::core
