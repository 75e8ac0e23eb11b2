#include "app/export_rows.hpp"

#include "app/csv_text.hpp"
#include "transport/json_writer.hpp"

namespace riskbreaker::app {

namespace {

std::int64_t ms(core::unix_ms x) {
  return x.time_since_epoch().count();
}

std::string json_row(const transport::score_topic& topic,
                     const transport::candle_score& x) {
  transport::json_writer out;
  out.begin_object()
    .member("pair", topic.pair)
    .member("timeframe", topic.timeframe)
    .member("time", ms(x.time))
    .member("score", x.score)
    .member("confidence", x.confidence)
    .member("verdict", x.verdict)
    .member("source", x.source)
    .key("cause");
  if (x.cause.empty())
    out.null();
  else
    out.value(x.cause);
  out.end_object();
  return out.take();
}

} // namespace

std::string export_header(bool json) {
  return json ? ""
              : "pair,timeframe,time,score,confidence,verdict,source,cause\n";
}

void append_export_row(std::string& out, const transport::score_topic& topic,
                       const transport::candle_score& x, bool json) {
  if (json) {
    out += json_row(topic, x) + '\n';
    return;
  }
  append_csv_text(out, topic.pair);
  out += ',';
  append_csv_text(out, topic.timeframe);
  out += ',' + std::to_string(ms(x.time)) + ',';
  transport::append_json_number(out, x.score);
  out += ',';
  transport::append_json_number(out, x.confidence);
  for (const auto* text : {&x.verdict, &x.source, &x.cause}) {
    out += ',';
    append_csv_text(out, *text);
  }
  out += '\n';
}

} // namespace riskbreaker::app
