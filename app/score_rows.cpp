#include "app/score_rows.hpp"

#include "app/csv_text.hpp"
#include "transport/json_writer.hpp"

#include <array>
#include <charconv>
#include <cmath>

namespace riskbreaker::app {

namespace {

/// In the order of `core::factor_kind`.
constexpr std::array<const char*, core::factor_count> points_columns{
  "points_rsi", "points_volatility", "points_trend", "points_price_action"};

} // namespace

std::string score_rows::header() const {
  if (format_.json)
    return {};
  std::string out = "pair,timeframe,time,score,confidence";
  if (format_.explain) {
    for (const auto& x : indicator_columns)
      out.append(",").append(x.name);
    for (const auto* name : points_columns)
      out.append(",").append(name);
  }
  return out + '\n';
}

void score_rows::append_labels(std::string& out, std::string_view pair,
                               std::string_view timeframe) {
  if (pair != pair_ || timeframe != timeframe_ || labels_.empty()) {
    pair_ = pair;
    timeframe_ = timeframe;
    labels_.clear();
    if (format_.json) {
      labels_ += "{\"pair\":";
      transport::append_json_string(labels_, pair);
      labels_ += ",\"timeframe\":";
      transport::append_json_string(labels_, timeframe);
      labels_ += ",\"time\":";
    } else {
      append_csv_text(labels_, pair);
      labels_ += ',';
      append_csv_text(labels_, timeframe);
      labels_ += ',';
    }
  }
  out += labels_;
}

void score_rows::append_member(std::string& out, std::string_view name,
                               std::optional<double> x) const {
  out += ',';
  if (format_.json) {
    out += '"';
    out += name;
    out += "\":";
  }
  if (x && std::isfinite(*x))
    transport::append_json_number(out, *x);
  else if (format_.json)
    out += "null";
}

void score_rows::append(std::string& out, std::string_view pair,
                        std::string_view timeframe,
                        const core::market_view& market,
                        const core::fallback_score& score) {
  append_labels(out, pair, timeframe);
  std::array<char, 24> time;
  out.append(time.data(),
             std::to_chars(time.data(), time.data() + time.size(),
                           market.newest.time.time_since_epoch().count())
               .ptr);
  append_member(out, "score", score.score);
  if (score.confidence != confidence_) {
    confidence_ = score.confidence;
    confidence_text_.clear();
    append_member(confidence_text_, "confidence", score.confidence);
  }
  out += confidence_text_;
  if (format_.explain) {
    for (const auto& x : indicator_columns)
      append_member(out, x.name, market.*x.field);
    for (std::size_t i = 0; i < points_columns.size(); ++i) {
      const auto& x = score.factors[i];
      append_member(out, points_columns[i],
                    x.available ? std::optional{x.points} : std::nullopt);
    }
  }
  out += format_.json ? "}\n" : "\n";
}

} // namespace riskbreaker::app
