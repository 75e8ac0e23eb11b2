#include "core/scoring/score.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <string_view>

namespace riskbreaker::core {

namespace {

/// Decimal with `digits` places; a number too long for that in short form.
void append_number(std::string& out, double x, int digits) {
  std::array<char, 32> buffer;
  auto first = buffer.data();
  auto last = first + buffer.size();
  auto done = std::to_chars(first, last, x, std::chars_format::fixed, digits);
  if (done.ec != std::errc{})
    done = std::to_chars(first, last, x, std::chars_format::general, 6);
  std::string_view text{first, static_cast<std::size_t>(done.ptr - first)};
  // A move too small to show has no direction either: never "-0.0".
  if (text.find_first_not_of("-0.") == std::string_view::npos)
    text.remove_prefix(text.front() == '-' ? 1 : 0);
  out += text;
}

void append_points(std::string& out, double points) {
  std::array<char, 32> buffer;
  auto first = buffer.data();
  auto end = std::to_chars(first, first + buffer.size(), points).ptr;
  out += points > 0 ? ": +" : ": ";
  if (points == 0)
    out += '0'; // never "-0"
  else
    out.append(first, end);
}

void describe_rsi(std::string& out, const factor& x,
                  const scoring_config& config) {
  if (!x.available) {
    out += x.value ? "RSI is undefined, the price never moved"
                   : "RSI is not available before 15 candles";
    return;
  }
  out += "RSI ";
  append_number(out, *x.value, 1);
  out += *x.value >= config.rsi.high  ? " is overbought"
         : *x.value <= config.rsi.low ? " is oversold"
                                      : " is neutral";
}

void describe_volatility(std::string& out, const factor& x,
                         const scoring_config& config) {
  if (!x.available) {
    out += "Volatility cannot be compared yet";
    return;
  }
  if (!x.value) {
    out += "Volatility is high after a standstill";
    return;
  }
  out += "Volatility ";
  append_number(out, *x.value, 2);
  out += "x its median is ";
  out += *x.value > config.volatility.high  ? "high"
         : *x.value < config.volatility.low ? "low"
                                            : "normal";
}

void describe_trend(std::string& out, const factor& x,
                    const scoring_config& config) {
  auto by_bands = config.profile == scoring_profile::bb_meanreversion;
  if (!x.available) {
    out += by_bands ? "Bollinger bands are not available before 20 candles"
                    : "The Ichimoku cloud is not available before 77 candles";
    return;
  }
  out += "Price is ";
  if (by_bands)
    out += *x.value > 0   ? "above the upper Bollinger band"
           : *x.value < 0 ? "below the lower Bollinger band"
                          : "inside the Bollinger bands";
  else
    out += *x.value > 0   ? "above the Ichimoku cloud"
           : *x.value < 0 ? "below the Ichimoku cloud"
                          : "inside the Ichimoku cloud";
}

void describe_price_action(std::string& out, const factor& x,
                           const scoring_config& config) {
  if (!x.available) {
    out += "Price action is not available before 22 candles";
    return;
  }
  if (!x.value) {
    out += "Price moved after a standstill";
    return;
  }
  out += "Price moved ";
  append_number(out, *x.value, 1);
  out += " sigma";
  if (std::fabs(*x.value) > config.price_action.sigmas)
    out += ", a large move";
  else if (x.points != 0)
    out += " and left its 20-candle range";
  else
    out += ", nothing unusual";
}

} // namespace

void append_reason(std::string& out, const factor& x,
                   const scoring_config& config) {
  switch (x.kind) {
    case factor_kind::rsi:
      describe_rsi(out, x, config);
      break;
    case factor_kind::volatility:
      describe_volatility(out, x, config);
      break;
    case factor_kind::trend:
      describe_trend(out, x, config);
      break;
    case factor_kind::price_action:
      describe_price_action(out, x, config);
      break;
  }
  if (x.available)
    append_points(out, x.points);
}

} // namespace riskbreaker::core
