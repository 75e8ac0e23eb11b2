#include "app/chart/chart_json.hpp"

#include "app/score_rows.hpp"
#include "app/version.hpp"
#include "transport/json_writer.hpp"

#include <unordered_map>

namespace riskbreaker::app {

namespace {

using core::candle;
using transport::json_writer;

struct bar_column {
  const char* name;
  double candle::*field;
};

constexpr std::array<bar_column, 5> bar_columns{{
  {"open", &candle::open},
  {"high", &candle::high},
  {"low", &candle::low},
  {"close", &candle::close},
  {"volume", &candle::volume},
}};

/// Few sentences occur often: each goes out once and is named by its place.
class sentence_table {
public:
  std::size_t place_of(std::string text) {
    auto [at, is_new] = places_.try_emplace(std::move(text), texts_.size());
    if (is_new)
      texts_.push_back(&at->first);
    return at->second;
  }

  void write(json_writer& out) const {
    out.key("reasons").begin_array();
    for (const auto* text : texts_)
      out.value(*text);
    out.end_array();
  }

private:
  std::unordered_map<std::string, std::size_t> places_;
  std::vector<const std::string*> texts_;
};

void write_settings(json_writer& out, const chart& x) {
  out.member("v", 1);
  out.member("program", std::string{"riskbreaker "} + version());
  out.key("strategy");
  if (x.strategy.empty())
    out.null();
  else
    out.value(x.strategy);
  out.member("profile", core::to_string(x.scoring.profile));
  out.member("side", core::to_string(x.scoring.side));
  out.key("gate").begin_object();
  out.member("min_confidence", x.gate.min_confidence);
  out.member("max_risk_score", x.gate.max_risk_score);
  out.end_object();
  out.member("left_out", left_out_text(x));
}

/// `get(row)` of each row.
template <class Get>
void write_column(json_writer& out, const char* name, const chart_series& x,
                  Get get) {
  out.key(name).begin_array();
  for (const auto& row : x.rows)
    out.value(get(row));
  out.end_array();
}

std::optional<double> if_available(const core::factor& x, double value) {
  return x.available ? std::optional{value} : std::nullopt;
}

void write_factors(json_writer& out, const chart_series& x,
                   const core::scoring_config& scoring,
                   sentence_table& sentences) {
  out.key("factors").begin_array();
  for (std::size_t i = 0; i < core::factor_count && !x.rows.empty(); ++i) {
    const auto& newest = x.rows.back().score.factors[i];
    out.begin_object();
    out.member("name", core::to_string(newest.kind));
    out.member("weight", newest.weight);
    write_column(out, "value", x,
                 [i](const auto& row) { return row.score.factors[i].value; });
    write_column(out, "points", x, [i](const auto& row) {
      const auto& factor = row.score.factors[i];
      return if_available(factor, factor.points);
    });
    write_column(out, "reason", x, [&](const auto& row) {
      std::string text;
      core::append_reason(text, row.score.factors[i], scoring);
      return sentences.place_of(std::move(text));
    });
    out.end_object();
  }
  out.end_array();
}

void write_series(json_writer& out, const chart_series& x, const chart& all,
                  sentence_table& sentences) {
  out.begin_object();
  out.member("pair", x.pair);
  out.member("timeframe", x.frame.name());
  out.member("step_ms", x.frame.length().count());
  out.member("scored", x.scored);
  write_column(out, "time", x, [](const auto& row) {
    return row.market.newest.time.time_since_epoch().count();
  });
  for (const auto& column : bar_columns)
    write_column(out, column.name, x, [&column](const auto& row) {
      return row.market.newest.*column.field;
    });
  for (const auto& column : indicator_columns)
    write_column(out, column.name, x, [&column](const auto& row) {
      return row.market.*column.field;
    });
  write_column(out, "score", x,
               [](const auto& row) { return row.score.score; });
  write_column(out, "confidence", x,
               [](const auto& row) { return row.score.confidence; });
  write_column(out, "verdict", x, [&all](const auto& row) {
    return to_string(judge(row.score, all.gate));
  });
  write_factors(out, x, all.scoring, sentences);
  out.end_object();
}

} // namespace

std::string chart_json(const chart& x) {
  json_writer out{1u << 16};
  sentence_table sentences;
  out.begin_object();
  write_settings(out, x);
  out.key("series").begin_array();
  for (const auto& series : x.series)
    write_series(out, series, x, sentences);
  out.end_array();
  sentences.write(out);
  out.end_object();
  auto text = out.take();
  // Only strings can hold one, and there it may be written like this too.
  for (auto at = text.find_first_of("<>"); at != std::string::npos;
       at = text.find_first_of("<>", at))
    text.replace(at, 1, text[at] == '<' ? "\\u003c" : "\\u003e");
  return text;
}

} // namespace riskbreaker::app
