#include "transport/candle_decoder_json.hpp"

#include "transport/candle_decoder_json_objects.hpp"

#include <algorithm>

namespace riskbreaker::transport {

namespace {

using core::refusal_reason;
using simdjson::ondemand::json_type;

/// A parser keeps about seven bytes for every byte of the largest frame it
/// saw. Frames above this get one of their own, which goes with them.
constexpr std::size_t max_pooled_frame = 256u << 10;

static_assert(simdjson::SIMDJSON_PADDING <= 64,
              "raw_batch::padding no longer covers simdjson's");

/// One frame on its way from the parser to the sink.
struct frame_walk {
  simdjson::ondemand::document& doc;
  std::string_view frame;
  candle_sink& sink;
  std::string& pair;
  std::string& timeframe;

  json_error object();
  json_error block();
  json_error rows(json_value& list, const decoded_candle& head);
  json_error row(json_value& value, const decoded_candle& head);
  json_error list();
  json_error element(json_value& value);
  json_error check_list();
  json_error check_end();
  void deliver(const json_reading& x, std::string_view first);
};

json_error frame_walk::object() {
  simdjson::ondemand::object object;
  if (auto error = doc.get_object().get(object))
    return error;
  json_reading reading;
  if (auto error = read_candle(object, reading))
    return error;
  if (auto error = check_end())
    return error;
  if (reading.seen.contains(candle_field::candles))
    return block();
  deliver(reading, frame.substr(0, 1));
  return simdjson::SUCCESS;
}

/// simdjson does not mind what stands behind the document.
json_error frame_walk::check_end() {
  const char* rest = nullptr;
  return doc.current_location().get(rest) == simdjson::SUCCESS
           ? simdjson::TRAILING_CONTENT
           : simdjson::SUCCESS;
}

/// The excerpt is what lies from the first token to where the walk has come,
/// which is nowhere if simdjson could not take that token for what it is.
void frame_walk::deliver(const json_reading& x, std::string_view first) {
  if (!x.fault) {
    sink.on_candle(x.candle);
    return;
  }
  const char* end = nullptr;
  if (doc.current_location().get(end) != simdjson::SUCCESS)
    end = frame.data() + frame.size();
  const auto walked = static_cast<std::size_t>(end - first.data());
  const auto size = std::max(walked, first.size());
  sink.on_refusal(*x.fault, trimmed({first.data(), size}));
}

// -- a block of ccxt rows
// --------------------------------------------------------

json_error frame_walk::block() {
  // The rows may stand before what says whose they are.
  doc.rewind();
  simdjson::ondemand::object object;
  if (auto error = doc.get_object().get(object))
    return error;
  json_reading head;
  if (auto error = read_block_head(object, head))
    return error;
  if (head.fault) {
    sink.on_refusal(*head.fault, frame);
    return simdjson::SUCCESS;
  }
  pair = head.candle.pair;
  timeframe = head.candle.timeframe;
  head.candle.pair = pair;
  head.candle.timeframe = timeframe;
  doc.rewind();
  if (auto error = doc.get_object().get(object))
    return error;
  for (auto field : object) {
    std::string_view key;
    json_value value;
    if (auto error = field.unescaped_key().get(key))
      return error;
    if (parse_candle_field(key) != candle_field::candles)
      continue;
    if (auto error = field.value().get(value))
      return error;
    return rows(value, head.candle);
  }
  return simdjson::SUCCESS;
}

json_error frame_walk::rows(json_value& list, const decoded_candle& head) {
  json_type type;
  if (auto error = list.type().get(type))
    return error;
  if (type != json_type::array) {
    sink.on_refusal(refuse(refusal_reason::malformed, candle_field::candles,
                           rows_are_no_list),
                    frame);
    return simdjson::SUCCESS;
  }
  simdjson::ondemand::array array;
  if (auto error = list.get_array().get(array))
    return error;
  for (auto x : array) {
    json_value value;
    if (auto error = x.get(value))
      return error;
    if (auto error = row(value, head))
      return error;
  }
  return simdjson::SUCCESS;
}

json_error frame_walk::row(json_value& value, const decoded_candle& head) {
  const auto first = value.raw_json_token();
  json_reading reading;
  reading.candle = head;
  json_type type;
  if (auto error = value.type().get(type))
    return error;
  if (type == json_type::array) {
    simdjson::ondemand::array array;
    if (auto error = value.get_array().get(array))
      return error;
    if (auto error = read_row(array, reading))
      return error;
  } else {
    if (auto error = check_syntax(value))
      return error;
    reading.fault = {refusal_reason::malformed, row_is_no_list};
  }
  if (reading.fault)
    reading.fault->detail += block_suffix(pair, timeframe);
  deliver(reading, first);
  return simdjson::SUCCESS;
}

// -- a list of candles
// -----------------------------------------------------------

json_error frame_walk::list() {
  if (auto error = check_list())
    return error;
  doc.rewind();
  simdjson::ondemand::array array;
  if (auto error = doc.get_array().get(array))
    return error;
  for (auto x : array) {
    json_value value;
    if (auto error = x.get(value))
      return error;
    if (auto error = element(value))
      return error;
  }
  return simdjson::SUCCESS;
}

json_error frame_walk::check_list() {
  simdjson::ondemand::array array;
  if (auto error = doc.get_array().get(array))
    return error;
  for (auto x : array) {
    json_value value;
    if (auto error = x.get(value))
      return error;
    if (auto error = check_syntax(value, 2))
      return error;
  }
  return check_end();
}

json_error frame_walk::element(json_value& value) {
  const auto first = value.raw_json_token();
  json_reading reading;
  json_type type;
  if (auto error = value.type().get(type))
    return error;
  if (type == json_type::object) {
    simdjson::ondemand::object object;
    if (auto error = value.get_object().get(object))
      return error;
    if (auto error = read_candle(object, reading))
      return error;
    if (reading.seen.contains(candle_field::candles))
      reading.fault = {refusal_reason::malformed, block_in_list};
  } else {
    if (auto error = check_syntax(value))
      return error;
    reading.fault = {refusal_reason::malformed, element_is_no_object};
  }
  deliver(reading, first);
  return simdjson::SUCCESS;
}

} // namespace

void json_candle_decoder::decode(std::string_view frame, candle_sink& sink) {
  const auto run = [&](simdjson::ondemand::parser& parser) -> json_error {
    simdjson::ondemand::document doc;
    const auto readable = frame.size() + simdjson::SIMDJSON_PADDING;
    if (auto error
        = parser.iterate(frame.data(), frame.size(), readable).get(doc))
      return error;
    frame_walk walk{doc, frame, sink, pair_, timeframe_};
    return frame.front() == '{' ? walk.object() : walk.list();
  };
  json_error error = simdjson::SUCCESS;
  if (frame.size() <= max_pooled_frame) {
    error = run(parser_);
  } else {
    simdjson::ondemand::parser parser;
    error = run(parser);
  }
  if (error == simdjson::DEPTH_ERROR)
    sink.on_refusal({refusal_reason::malformed, "nested too deeply"}, frame);
  else if (error != simdjson::SUCCESS)
    sink.on_refusal({refusal_reason::malformed,
                     std::string{"no JSON: "} + simdjson::error_message(error)},
                    frame);
}

} // namespace riskbreaker::transport
