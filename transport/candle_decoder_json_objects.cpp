#include "transport/candle_decoder_json_objects.hpp"

#include <iterator>

namespace riskbreaker::transport {

namespace {

using core::refusal_reason;

json_error read_field(candle_field field, json_value& value,
                      json_reading& out) {
  switch (field) {
    case candle_field::pair:
      return read_text(value, field, out.candle.pair, out.fault);
    case candle_field::timeframe:
      return read_text(value, field, out.candle.timeframe, out.fault);
    case candle_field::time:
      return read_time(value, out.candle.bar, out.fault);
    case candle_field::open:
    case candle_field::high:
    case candle_field::low:
    case candle_field::close:
    case candle_field::volume:
      return read_number(value, field, number_of(out.candle.bar, field),
                         out.fault);
    case candle_field::closed:
      return read_flag(value, field, out.candle.closed, out.fault);
    case candle_field::history:
      return read_flag(value, field, out.candle.history, out.fault);
    default:
      return check_syntax(value, 2);
  }
}

/// Hands each field to `visit`; the doubled ones, whichever value is meant, are
/// a fault and come as `unknown`.
template <class Visitor>
json_error for_each_field(simdjson::ondemand::object& object, json_reading& out,
                          Visitor visit) {
  for (auto x : object) {
    std::string_view key;
    json_value value;
    if (auto error = x.unescaped_key().get(key))
      return error;
    if (auto error = x.value().get(value))
      return error;
    auto field = parse_candle_field(key);
    if (field != candle_field::unknown && !out.seen.insert(field)) {
      if (!out.fault)
        out.fault = refuse(refusal_reason::malformed, field, "stands twice");
      field = candle_field::unknown;
    }
    if (auto error = visit(field, value))
      return error;
  }
  return simdjson::SUCCESS;
}

} // namespace

json_error read_candle(simdjson::ondemand::object& object, json_reading& out) {
  const auto visit = [&out](candle_field field, json_value& value) {
    return read_field(field, value, out);
  };
  if (auto error = for_each_field(object, out, visit))
    return error;
  if (!out.fault)
    out.fault = out.seen.missing(required_candle_fields);
  return simdjson::SUCCESS;
}

json_error read_block_head(simdjson::ondemand::object& object,
                           json_reading& out) {
  const auto visit = [&out](candle_field field, json_value& value) {
    switch (field) {
      case candle_field::pair:
      case candle_field::timeframe:
      case candle_field::closed:
      case candle_field::history:
        return read_field(field, value, out);
      default: // not looked at: simdjson steps over it
        return simdjson::SUCCESS;
    }
  };
  if (auto error = for_each_field(object, out, visit))
    return error;
  if (!out.fault)
    out.fault = out.seen.missing(required_block_fields);
  return simdjson::SUCCESS;
}

json_error read_row(simdjson::ondemand::array& row, json_reading& out) {
  std::size_t i = 0;
  for (auto element : row) {
    json_value value;
    if (auto error = element.get(value))
      return error;
    if (i < std::size(row_fields)) {
      if (auto error = read_field(row_fields[i], value, out))
        return error;
    }
    ++i;
  }
  if (!out.fault && i < std::size(row_fields))
    out.fault
      = refuse(refusal_reason::missing_field, row_fields[i], missing_from_row);
  return simdjson::SUCCESS;
}

} // namespace riskbreaker::transport
