#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace riskbreaker::core {

/// What a `{{name}}` in a template stands for.
enum class placeholder : std::uint8_t {
  pair,           ///< quoted
  timeframe,      ///< quoted
  candle_time,    ///< when the newest candle opened, ISO-8601 in UTC
  candles,        ///< a line each: time,open,high,low,close,volume
  indicators,     ///< a line each
  factors,        ///< a line each: name: value; risk points; weight
  fallback,       ///< "70 of 100, confidence 0.21"
  side,           ///< "long" or "short"
  strategy_style, ///< "follows trends by the Ichimoku cloud"
  risk_hint,      ///< a sentence: which markets are a risk to that side
};

/// As it stands between the braces.
std::string_view to_string(placeholder x) noexcept;

/// Whether it differs between the pairs that share a call; the others are the
/// strategy's.
bool is_of_one_pair(placeholder x) noexcept;

struct parsed_template;

/// The text of a prompt with places to fill. Text is kept as it was written;
/// what is filled in is never read for placeholders again.
class prompt_template {
public:
  /// A text, and what comes behind it.
  struct piece {
    std::string text;
    std::optional<placeholder> then;

    friend bool operator==(const piece&, const piece&) = default;
  };

  using part = std::vector<piece>;

  /// No more than this is read.
  static constexpr std::size_t max_bytes = 32'768;

  /// Reads a template. A line `---` parts the system message from the user
  /// message; without one, all is the user message. Blanks around both are
  /// dropped.
  static parsed_template parse(std::string_view text);

  /// Absent: the text that ships.
  const std::optional<part>& system() const noexcept {
    return system_;
  }

  const part& user() const noexcept {
    return user_;
  }

  friend bool operator==(const prompt_template&, const prompt_template&)
    = default;

private:
  std::optional<part> system_;
  part user_;
};

/// Why a text is no template.
struct template_problem {
  std::size_t line = 0;   ///< from 1; 0: the whole text
  std::size_t column = 0; ///< from 1, in bytes
  std::string message;    ///< what is wrong and how to mend it
};

/// Either a template or what is wrong with it.
struct parsed_template {
  std::optional<prompt_template> value;
  template_problem problem;
};

} // namespace riskbreaker::core
