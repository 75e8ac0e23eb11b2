#include "core/llm/prompt_pieces.hpp"

#include "core/llm/answer_text.hpp"

#include <cmath>

namespace riskbreaker::core {

namespace {

constexpr std::size_t max_name_chars = 64;

/// A JSON string, so that nothing in a name can end it and become an order.
std::string quoted(std::string_view text) {
  std::string clean;
  append_clean(clean, text, max_name_chars, 0);
  std::string out = "\"";
  for (auto c : clean) {
    if (c == '"' || c == '\\')
      out += '\\';
    out += c;
  }
  return out += '"';
}

std::string shown(std::optional<double> x) {
  return x && std::isfinite(*x) ? plain_decimal(*x) : "not available";
}

void append_line(std::string& out, std::string_view name,
                 std::optional<double> x) {
  out.append(name).append(": ").append(shown(x)).append("\n");
}

std::string row(const candle& x) {
  auto out = iso_utc(x.time);
  for (auto value : {x.open, x.high, x.low, x.close, x.volume})
    out += "," + shown(value);
  return out += "\n";
}

void append_candles(std::string& out, const std::vector<candle>* candles,
                    std::size_t max_bytes) {
  if (!candles || candles->empty()) {
    out += "not available\n";
    return;
  }
  // The newest matter most: the oldest go when there is no room.
  std::vector<std::string> rows;
  std::size_t bytes = 0;
  for (auto i = candles->rbegin(); i != candles->rend(); ++i) {
    rows.push_back(row(*i));
    bytes += rows.back().size();
    if (bytes > max_bytes && rows.size() > 1) {
      rows.pop_back();
      break;
    }
    if (rows.size() == max_prompt_candles)
      break;
  }
  for (auto i = rows.rbegin(); i != rows.rend(); ++i)
    out += *i;
}

void append_indicators(std::string& out, const market_view& x) {
  if (x.rsi_undefined)
    out += "RSI 14: not available (no movement yet)\n";
  else
    append_line(out, "RSI 14", x.rsi14);
  append_line(out, "ATR 14", x.atr14);
  append_line(out, "ADX 14", x.adx14);
  append_line(out, "Bollinger upper", x.bb_upper);
  append_line(out, "Bollinger middle", x.bb_middle);
  append_line(out, "Bollinger lower", x.bb_lower);
  append_line(out, "Tenkan-sen", x.tenkan);
  append_line(out, "Kijun-sen", x.kijun);
  append_line(out, "Senkou span A", x.senkou_a);
  append_line(out, "Senkou span B", x.senkou_b);
  append_line(out, "Volatility of 20 log returns", x.rv20);
  append_line(out, "Median of that volatility", x.rv20_median);
  append_line(out, "Support of 20 candles", x.support);
  append_line(out, "Resistance of 20 candles", x.resistance);
  append_line(out, "Share of candles filled into gaps", x.filled_share);
}

void append_factors(std::string& out, const fallback_score& x) {
  for (auto& one : x.factors) {
    out.append(to_string(one.kind)).append(": ");
    if (one.available)
      out += shown(one.value) + "; " + shown(one.points) + "; "
             + shown(one.weight) + "\n";
    else
      out += "not available\n";
  }
}

std::string_view style_of(scoring_profile x) noexcept {
  return x == scoring_profile::ichimoku
           ? "follows trends by the Ichimoku cloud"
           : "trades returns to the mean by Bollinger bands";
}

std::string_view hint_for(trade_side x) noexcept {
  return x == trade_side::long_side
           ? "A falling or overbought market is a risk to it, and so is a "
             "nervous one."
           : "A rising or oversold market is a risk to it, and so is a nervous "
             "one.";
}

/// Lines end with their list; the template says what comes behind it.
void drop_line_end(std::string& out) {
  if (out.ends_with('\n'))
    out.pop_back();
}

} // namespace

void append_piece(std::string& out, placeholder what, const prompt_data& data) {
  switch (what) {
    case placeholder::pair:
      out += quoted(data.pair);
      return;
    case placeholder::timeframe:
      out += quoted(data.timeframe);
      return;
    case placeholder::candle_time:
      out += iso_utc(data.candle_time);
      return;
    case placeholder::candles:
      append_candles(out, data.candles, data.candle_bytes);
      break;
    case placeholder::indicators:
      append_indicators(out, data.market);
      break;
    case placeholder::factors:
      append_factors(out, data.fallback);
      break;
    case placeholder::fallback:
      out += shown(data.fallback.score) + " of 100, confidence "
             + shown(data.fallback.confidence);
      return;
    case placeholder::side:
      out += to_string(data.scoring.side);
      return;
    case placeholder::strategy_style:
      out += style_of(data.scoring.profile);
      return;
    case placeholder::risk_hint:
      out += hint_for(data.scoring.side);
      return;
  }
  drop_line_end(out);
}

void append_filled(std::string& out, const prompt_template::part& text,
                   const prompt_data& data) {
  for (const auto& x : text) {
    out += x.text;
    if (x.then)
      append_piece(out, *x.then, data);
  }
}

} // namespace riskbreaker::core
