#include "core/llm/retry_after.hpp"

#include "core/llm/answer_error.hpp"
#include "core/llm/answer_text.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace riskbreaker::core {

namespace {

constexpr double longest_ms = 1e12; // leaves room to be added to any time

std::optional<milliseconds> from_ms(double ms) {
  if (!(ms >= 0))
    return std::nullopt;
  return milliseconds{std::llround(std::min(std::ceil(ms), longest_ms))};
}

/// Plain digits with an optional fraction; `unit_ms` is what 1 stands for.
std::optional<milliseconds> read_number(std::string_view text, double unit_ms) {
  text = trim(text);
  auto digit = [](char c) {
    return c >= '0' && c <= '9';
  };
  if (text.empty() || !digit(text.front()) || !digit(text.back())
      || !std::all_of(text.begin(), text.end(),
                      [&](char c) { return digit(c) || c == '.'; }))
    return std::nullopt;
  double x = 0;
  auto [end, error]
    = std::from_chars(text.data(), text.data() + text.size(), x);
  if (error == std::errc::result_out_of_range)
    return from_ms(longest_ms);
  if (error != std::errc{} || end != text.data() + text.size())
    return std::nullopt;
  return from_ms(x * unit_ms);
}

std::optional<milliseconds> read_retry_after(std::string_view text,
                                             unix_ms wall) {
  if (auto seconds = read_number(text, 1'000))
    return seconds;
  auto date = parse_http_date(text, wall);
  if (!date || *date < wall)
    return std::nullopt;
  return from_ms(static_cast<double>((*date - wall).count()));
}

/// `error.details[].retryDelay: "12s"`, as Google's APIs say it.
std::optional<milliseconds> read_delay(const json& detail) {
  auto* delay = detail.find("retryDelay");
  auto* text = delay ? delay->string() : nullptr;
  if (!text || !text->ends_with('s'))
    return std::nullopt;
  return read_number(std::string_view{*text}.substr(0, text->size() - 1),
                     1'000);
}

std::optional<milliseconds> read_body(const json& body) {
  auto* error = unwrap_single(body).find("error");
  auto* details = error ? error->find("details") : nullptr;
  if (details && details->elements())
    for (auto& detail : *details->elements())
      if (auto delay = read_delay(detail))
        return delay;
  // A plain number of seconds, as several gateways have it.
  if (auto* plain = error ? error->find("retry_after") : nullptr)
    if (auto* seconds = plain->number(); seconds && std::isfinite(*seconds))
      return from_ms(*seconds * 1'000);
  return std::nullopt;
}

} // namespace

std::optional<milliseconds> retry_after(const http_reply& reply,
                                        const json* body, unix_ms wall) {
  for (auto& [name, value] : reply.headers)
    if (equals_ignoring_case(name, "retry-after-ms"))
      if (auto wait = read_number(value, 1))
        return wait;
  for (auto& [name, value] : reply.headers)
    if (equals_ignoring_case(name, "retry-after"))
      if (auto wait = read_retry_after(value, wall))
        return wait;
  return body ? read_body(*body) : std::nullopt;
}

} // namespace riskbreaker::core
