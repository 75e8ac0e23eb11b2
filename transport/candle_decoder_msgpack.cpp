#include "transport/candle_decoder_msgpack.hpp"

#include "transport/candle_decoder_fields.hpp"
#include "transport/msgpack_depth.hpp"

#include <nlohmann/json.hpp>

#include <cmath>
#include <iterator>
#include <limits>
#include <map>
#include <utility>

namespace riskbreaker::transport {

namespace {

using core::refusal_reason;
using nlohmann::json;
using fault = std::optional<core::refusal>;

/// Finds the fields that stand twice, which a tree does not show: by the
/// place in the list, or 0 for what is no list.
class field_watch final : public msgpack_depth_meter {
public:
  field_watch() : msgpack_depth_meter(max_candle_depth) {
    // nop
  }

  fault doubled(std::size_t element) const {
    const auto i = doubled_.find(element);
    if (i == doubled_.end())
      return std::nullopt;
    return refuse(refusal_reason::malformed, i->second, "stands twice");
  }

private:
  void on_value(kind x) override {
    if (depth() == 0)
      inside_ = x == kind::array ? 2 : 1;
    else if (depth() == 1 && inside_ == 2 && !std::exchange(first_, false))
      ++element_;
    if (depth() + 1 == inside_ && x == kind::object)
      seen_ = {};
  }

  void on_key(const std::string& key) override {
    if (depth() != inside_)
      return;
    const auto field = parse_candle_field(key);
    if (field != candle_field::unknown && !seen_.insert(field))
      doubled_.emplace(element_, field);
  }

  int inside_ = 1; ///< the depth of a candle's or a block's own fields
  bool first_ = true;
  std::size_t element_ = 0;
  field_set seen_;
  std::map<std::size_t, candle_field> doubled_;
};

/// As JSON text, which people can read; NaN and infinity come out as null.
std::string text_of(const json& x) {
  return x.dump(-1, ' ', false, json::error_handler_t::replace);
}

fault not_numeric(const json& x, candle_field field) {
  if (x.is_null())
    return refuse(refusal_reason::not_a_number, field, "is null, not a number");
  if (x.is_boolean())
    return refuse(refusal_reason::not_a_number, field,
                  "is true or false, not a number");
  return refuse(refusal_reason::malformed, field,
                "is an object, a list or bytes, not a number");
}

fault read_number(const json& x, candle_field field, double& out) {
  if (x.is_number()) {
    out = x.get<double>();
    if (std::isfinite(out))
      return std::nullopt;
    return refuse(refusal_reason::not_a_number, field,
                  "is not a number or infinite");
  }
  const auto* text = x.get_ptr<const std::string*>();
  if (!text)
    return not_numeric(x, field);
  const auto number = parse_decimal(*text);
  if (!number)
    return refuse(refusal_reason::not_a_number, field,
                  "is a text that holds no finite number");
  out = *number;
  return std::nullopt;
}

fault read_time(const json& x, core::candle& out) {
  constexpr std::uint64_t max = std::numeric_limits<std::int64_t>::max();
  if (x.is_number_unsigned() && x.get<std::uint64_t>() > max)
    return set_time(out, std::numeric_limits<std::int64_t>::max());
  if (x.is_number_integer())
    return set_time(out, x.get<std::int64_t>());
  if (const auto* text = x.get_ptr<const std::string*>())
    return set_time(out, std::string_view{*text});
  double ms = 0;
  if (auto refused = read_number(x, candle_field::time, ms))
    return refused;
  return set_time(out, ms);
}

fault read_text(const json& x, candle_field field, std::string_view& out) {
  const auto* text = x.get_ptr<const std::string*>();
  if (!text)
    return refuse(refusal_reason::malformed, field, "is no text");
  out = *text;
  return std::nullopt;
}

fault read_flag(const json& x, candle_field field, bool& out) {
  if (!x.is_boolean())
    return refuse(refusal_reason::malformed, field,
                  "is neither true nor false");
  out = x.get<bool>();
  return std::nullopt;
}

fault read_field(const json& x, candle_field field, decoded_candle& out) {
  switch (field) {
    case candle_field::pair:
      return read_text(x, field, out.pair);
    case candle_field::timeframe:
      return read_text(x, field, out.timeframe);
    case candle_field::time:
      return read_time(x, out.bar);
    case candle_field::closed:
      return read_flag(x, field, out.closed);
    case candle_field::history:
      return read_flag(x, field, out.history);
    default:
      return read_number(x, field, number_of(out.bar, field));
  }
}

/// Reads the `required` first fields and the optional ones of an object.
fault read_object(const json& object, unsigned required, decoded_candle& out) {
  const auto read = [&](candle_field field, bool must) -> fault {
    const auto x = object.find(to_string(field));
    if (x != object.end())
      return read_field(*x, field, out);
    if (must)
      return refuse(refusal_reason::missing_field, field, "is missing");
    return std::nullopt;
  };
  for (unsigned i = 0; i < required; ++i)
    if (auto refused = read(static_cast<candle_field>(i), true))
      return refused;
  if (auto refused = read(candle_field::closed, false))
    return refused;
  return read(candle_field::history, false);
}

fault read_row(const json& row, decoded_candle& out) {
  if (!row.is_array())
    return core::refusal{refusal_reason::malformed, row_is_no_list};
  for (std::size_t i = 0; i < std::size(row_fields); ++i) {
    if (i >= row.size())
      return refuse(refusal_reason::missing_field, row_fields[i],
                    missing_from_row);
    if (auto refused = read_field(row[i], row_fields[i], out))
      return refused;
  }
  return std::nullopt;
}

void deliver(const fault& refused, const decoded_candle& candle,
             const json& source, candle_sink& sink) {
  if (refused)
    sink.on_refusal(*refused, text_of(source));
  else
    sink.on_candle(candle);
}

void decode_block(const json& block, const field_watch& watch,
                  std::string_view frame, candle_sink& sink) {
  decoded_candle head;
  auto refused = watch.doubled(0);
  if (!refused)
    refused = read_object(block, required_block_fields, head);
  const auto& rows = block["candles"];
  if (!refused && !rows.is_array())
    refused = refuse(refusal_reason::malformed, candle_field::candles,
                     rows_are_no_list);
  if (refused) {
    sink.on_refusal(*refused, frame);
    return;
  }
  for (const auto& row : rows) {
    auto candle = head;
    refused = read_row(row, candle);
    if (refused)
      refused->detail += block_suffix(head.pair, head.timeframe);
    deliver(refused, candle, row, sink);
  }
}

fault read_candle(const json& x, const field_watch& watch, std::size_t element,
                  decoded_candle& out) {
  if (auto refused = watch.doubled(element))
    return refused;
  if (!x.is_object())
    return core::refusal{refusal_reason::malformed, element_is_no_object};
  if (x.contains("candles"))
    return core::refusal{refusal_reason::malformed, block_in_list};
  return read_object(x, required_candle_fields, out);
}

} // namespace

void decode_msgpack_candles(std::string_view frame, candle_sink& sink) {
  // The depth comes first: nlohmann's reader recurses without a limit.
  field_watch watch;
  const auto root = walk_msgpack(frame, watch)
                      ? json::from_msgpack(frame, true, false)
                      : json(json::value_t::discarded);
  if (root.is_object() && root.contains("candles")) {
    decode_block(root, watch, frame, sink);
  } else if (root.is_object()) {
    decoded_candle candle;
    const auto refused = read_candle(root, watch, 0, candle);
    deliver(refused, candle, root, sink);
  } else if (root.is_array()) {
    std::size_t element = 0;
    for (const auto& x : root) {
      decoded_candle candle;
      const auto refused = read_candle(x, watch, element++, candle);
      deliver(refused, candle, x, sink);
    }
  } else {
    sink.on_refusal({refusal_reason::malformed,
                     "neither JSON (which starts with { or [) nor MessagePack "
                     "of a candle, a list of candles or a block of rows"},
                    frame);
  }
}

} // namespace riskbreaker::transport
