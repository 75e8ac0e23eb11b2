#include "transport/candle_decoder_json_values.hpp"

#include <utility>

namespace riskbreaker::transport {

namespace {

using core::refusal_reason;
using simdjson::ondemand::json_type;

void note(json_fault& fault, core::refusal&& x) {
  if (!fault)
    fault = std::move(x);
}

std::string_view token_of(json_value& x) {
  return trimmed(x.raw_json_token());
}

json_error check_number(json_value& x) {
  double ignored = 0;
  // simdjson also gives up on numbers that no double takes.
  if (x.get_double().get(ignored) == simdjson::SUCCESS
      || is_json_number(token_of(x)))
    return simdjson::SUCCESS;
  return simdjson::NUMBER_ERROR;
}

json_error check_object(json_value& x, int depth) {
  simdjson::ondemand::object object;
  if (auto error = x.get_object().get(object))
    return error;
  for (auto field : object) {
    std::string_view key;
    json_value value;
    if (auto error = field.unescaped_key().get(key))
      return error;
    if (auto error = field.value().get(value))
      return error;
    if (auto error = check_syntax(value, depth + 1))
      return error;
  }
  return simdjson::SUCCESS;
}

json_error check_array(json_value& x, int depth) {
  simdjson::ondemand::array array;
  if (auto error = x.get_array().get(array))
    return error;
  for (auto element : array) {
    json_value value;
    if (auto error = element.get(value))
      return error;
    if (auto error = check_syntax(value, depth + 1))
      return error;
  }
  return simdjson::SUCCESS;
}

/// For a value of a kind that `field` cannot have.
json_error wrong_kind(json_value& x, candle_field field, refusal_reason reason,
                      const char* what, json_fault& fault) {
  if (auto error = check_syntax(x))
    return error;
  note(fault, refuse(reason, field, what));
  return simdjson::SUCCESS;
}

json_error not_numeric(json_value& x, json_type type, candle_field field,
                       json_fault& fault) {
  switch (type) {
    case json_type::null:
      return wrong_kind(x, field, refusal_reason::not_a_number,
                        "is null, not a number", fault);
    case json_type::boolean:
      return wrong_kind(x, field, refusal_reason::not_a_number,
                        "is true or false, not a number", fault);
    default:
      return wrong_kind(x, field, refusal_reason::malformed,
                        "is an object or a list, not a number", fault);
  }
}

} // namespace

json_error check_syntax(json_value& x, int depth) {
  if (depth > max_candle_depth)
    return simdjson::DEPTH_ERROR;
  json_type type;
  if (auto error = x.type().get(type))
    return error;
  switch (type) {
    case json_type::object:
      return check_object(x, depth);
    case json_type::array:
      return check_array(x, depth);
    case json_type::number:
      return check_number(x);
    case json_type::string: {
      std::string_view ignored;
      return x.get_string().get(ignored);
    }
    case json_type::boolean: {
      bool ignored = false;
      return x.get_bool().get(ignored);
    }
    case json_type::null:
      return token_of(x) == "null" ? simdjson::SUCCESS : simdjson::N_ATOM_ERROR;
    default: // newer versions of simdjson know a kind for what is no JSON
      return simdjson::TAPE_ERROR;
  }
}

json_error read_number(json_value& x, candle_field field, double& out,
                       json_fault& fault) {
  json_type type;
  if (auto error = x.type().get(type))
    return error;
  if (type == json_type::number) {
    if (x.get_double().get(out) == simdjson::SUCCESS)
      return simdjson::SUCCESS;
    if (!is_json_number(token_of(x)))
      return simdjson::NUMBER_ERROR;
    note(fault, refuse(refusal_reason::not_a_number, field,
                       "is larger than any double: infinite"));
    return simdjson::SUCCESS;
  }
  if (type != json_type::string)
    return not_numeric(x, type, field, fault);
  std::string_view text;
  if (auto error = x.get_string().get(text))
    return error;
  if (auto number = parse_decimal(text))
    out = *number;
  else
    note(fault, refuse(refusal_reason::not_a_number, field,
                       "is a text that holds no finite number"));
  return simdjson::SUCCESS;
}

json_error read_time(json_value& x, core::candle& out, json_fault& fault) {
  json_type type;
  if (auto error = x.type().get(type))
    return error;
  std::optional<core::refusal> refused;
  if (type == json_type::number) {
    std::int64_t ms = 0;
    if (x.get_int64().get(ms) == simdjson::SUCCESS) {
      refused = set_time(out, ms);
    } else {
      double number = 0;
      json_fault infinite;
      if (auto error = read_number(x, candle_field::time, number, infinite))
        return error;
      refused = infinite ? std::move(infinite) : set_time(out, number);
    }
  } else if (type == json_type::string) {
    std::string_view text;
    if (auto error = x.get_string().get(text))
      return error;
    refused = set_time(out, text);
  } else {
    return not_numeric(x, type, candle_field::time, fault);
  }
  if (refused)
    note(fault, std::move(*refused));
  return simdjson::SUCCESS;
}

json_error read_text(json_value& x, candle_field field, std::string_view& out,
                     json_fault& fault) {
  json_type type;
  if (auto error = x.type().get(type))
    return error;
  if (type == json_type::string)
    return x.get_string().get(out);
  return wrong_kind(x, field, refusal_reason::malformed, "is no text", fault);
}

json_error read_flag(json_value& x, candle_field field, bool& out,
                     json_fault& fault) {
  json_type type;
  if (auto error = x.type().get(type))
    return error;
  if (type == json_type::boolean)
    return x.get_bool().get(out);
  return wrong_kind(x, field, refusal_reason::malformed,
                    "is neither true nor false", fault);
}

bool is_json_number(std::string_view text) noexcept {
  std::size_t i = 0;
  const auto at = [&](std::string_view choice) {
    return i < text.size() && choice.find(text[i]) != std::string_view::npos;
  };
  const auto digits = [&] {
    const auto begin = i;
    while (at("0123456789"))
      ++i;
    return i > begin;
  };
  if (at("-"))
    ++i;
  if (at("0"))
    ++i;
  else if (!digits())
    return false;
  if (at(".")) {
    ++i;
    if (!digits())
      return false;
  }
  if (at("eE")) {
    ++i;
    if (at("+-"))
      ++i;
    if (!digits())
      return false;
  }
  return i == text.size();
}

std::string_view trimmed(std::string_view text) noexcept {
  const auto last = text.find_last_not_of(" \t\r\n");
  return text.substr(0, last == std::string_view::npos ? 0 : last + 1);
}

} // namespace riskbreaker::transport
