#pragma once

#include "transport/candle_decoder_fields.hpp"

#include <simdjson.h>

#include <optional>
#include <string_view>

namespace riskbreaker::transport {

// Readers of single values. What they return is simdjson's word that the text
// is no JSON at all, which condemns the whole frame; a value that is JSON but
// not what the field needs goes to `fault`, unless one is there already.

using json_value = simdjson::ondemand::value;
using json_error = simdjson::error_code;
using json_fault = std::optional<core::refusal>;

/// Walks a value of any kind down to its last character.
json_error check_syntax(json_value& x, int depth = 1);

json_error read_number(json_value& x, candle_field field, double& out,
                       json_fault& fault);

json_error read_time(json_value& x, core::candle& out, json_fault& fault);

json_error read_text(json_value& x, candle_field field, std::string_view& out,
                     json_fault& fault);

json_error read_flag(json_value& x, candle_field field, bool& out,
                     json_fault& fault);

/// Whether `text` follows JSON's grammar for numbers, however large it is.
bool is_json_number(std::string_view text) noexcept;

/// Without the whitespace at its end.
std::string_view trimmed(std::string_view text) noexcept;

} // namespace riskbreaker::transport
