#include "transport/chat_codec.hpp"

#include <nlohmann/json.hpp>

namespace riskbreaker::transport {

namespace {

using nlohmann::ordered_json;

/// A cap and no aim: an answer takes some 120 tokens, but models that think
/// aloud before it would be cut each time by a cap close to that.
constexpr std::size_t max_tokens = 1'024;
constexpr std::size_t max_tokens_of_each_further_pair = 256;

ordered_json property(const char* type, const char* description) {
  return {{"type", type}, {"description", description}};
}

/// Strict mode wants every key required and no others.
ordered_json strict_object(ordered_json properties) {
  auto required = ordered_json::array();
  for (const auto& x : properties.items())
    required.push_back(x.key());
  return {{"type", "object"},
          {"properties", std::move(properties)},
          {"required", std::move(required)},
          {"additionalProperties", false}};
}

/// Ranges stand in the descriptions, as some endpoints refuse `minimum` and
/// `maximum`. The pairs' names stand in values, not in keys: the schema of all
/// batches is one, which endpoints compile once.
ordered_json schema_format(bool shared) {
  ordered_json properties = {
    {"risk_score", property("number", "0 to 100, higher is riskier")},
    {"confidence", property("number", "a fraction from 0 to 1")},
    {"reasoning", property("string", "one or two sentences")},
  };
  ordered_json schema;
  if (shared) {
    ordered_json named = {{"pair", property("string", "as it was given")}};
    named.update(properties);
    schema = strict_object(
      {{"assessments",
        {{"type", "array"}, {"items", strict_object(std::move(named))}}}});
  } else {
    schema = strict_object(std::move(properties));
  }
  return {{"type", "json_schema"},
          {"json_schema",
           {{"name", shared ? "risk_assessments" : "risk_assessment"},
            {"strict", true},
            {"schema", std::move(schema)}}}};
}

ordered_json message(const char* role, const std::string& content) {
  return {{"role", role}, {"content", content}};
}

} // namespace

std::string encode_chat(const std::string& model, const core::prompt& prompt,
                        const chat_options& options) {
  ordered_json body;
  body["model"] = model;
  body["messages"] = ordered_json::array(
    {message("system", prompt.system), message("user", prompt.user)});
  body["stream"] = false;
  if (options.max_tokens)
    body["max_tokens"]
      = max_tokens + (prompt.pairs - 1) * max_tokens_of_each_further_pair;
  if (options.temperature)
    body["temperature"] = 0;
  if (options.format == answer_format::json_schema)
    body["response_format"] = schema_format(prompt.pairs > 1);
  else if (options.format == answer_format::json_object)
    body["response_format"] = {{"type", "json_object"}};
  // `replace`: a broken byte must not become an exception.
  return body.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

} // namespace riskbreaker::transport
