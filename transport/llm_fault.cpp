#include "transport/llm_fault.hpp"

#include "transport/http_text.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <charconv>
#include <cmath>
#include <optional>

namespace riskbreaker::transport {

namespace {

using kind = llm_fault_kind;
using fault_or_error = std::variant<llm_fault, std::string>;

constexpr double max_seconds = 7 * 86'400;

/// What stands behind the colon, and what holds where nothing does.
struct grammar {
  const char* name;
  enum { nothing, seconds, integer } argument = nothing;
  bool required = false;
  double by_default = 0;
  double lowest = 0;
  double highest = max_seconds;
};

constexpr std::array<grammar, llm_fault_count> grammars{{
  {"ok"},
  {"slow", grammar::seconds, true},
  {"hang"},
  {"hang_after_headers"},
  {"drip", grammar::seconds, false, 1, 0.001},
  {"keepalive_blank_lines", grammar::seconds, false, 5},
  {"status", grammar::integer, true, 0, 200, 599},
  {"error_in_200", grammar::integer, false, 429, 0, 9'999},
  {"empty"},
  {"cut_body"},
  {"malformed"},
  {"no_choices"},
  {"null_content"},
  {"truncated"},
  {"refused"},
  {"fenced"},
  {"think"},
  {"prose"},
  {"out_of_range"},
  {"one_bad_pair"},
  {"reset"},
  {"refuse", grammar::seconds, false, 0},
  {"flaky", grammar::integer, true, 0, 1, 1'000'000},
  {"quota"},
  {"auth"},
}};

const grammar& grammar_of(kind x) {
  return grammars.at(static_cast<std::size_t>(x));
}

std::optional<double> number_in(std::string_view text) {
  double value = 0;
  const auto* last = text.data() + text.size();
  const auto [end, ec] = std::from_chars(text.data(), last, value);
  if (ec != std::errc{} || end != last || !std::isfinite(value))
    return std::nullopt;
  return value;
}

core::milliseconds as_milliseconds(double seconds) {
  return core::milliseconds{std::llround(seconds * 1'000)};
}

std::string in_quotes(std::string_view text) {
  std::string result{"\""};
  for (const char c : text.substr(0, 60))
    result += has_control({&c, 1}) ? '?' : c;
  return result + '"';
}

std::string seconds_text(core::milliseconds x) {
  auto text = std::to_string(x.count() / 1'000);
  if (const auto rest = x.count() % 1'000; rest != 0) {
    auto digits = std::to_string(1'000 + rest).substr(1);
    digits.erase(digits.find_last_not_of('0') + 1);
    text += '.' + digits;
  }
  return text;
}

std::string known_names() {
  std::string names;
  for (const auto& x : grammars)
    names += (names.empty() ? "" : ", ") + std::string{x.name};
  return names;
}

/// Fills in the argument; returns what is wrong with it.
std::optional<std::string> read_argument(llm_fault& fault, const grammar& rule,
                                         std::optional<std::string_view> text) {
  if (rule.argument == grammar::nothing)
    return text ? std::optional{std::string{rule.name} + " takes no number"}
                : std::nullopt;
  double value = rule.by_default;
  if (text) {
    const auto number = number_in(*text);
    const bool whole = number && *number == std::floor(*number);
    if (!number || *number < rule.lowest || *number > rule.highest
        || (rule.argument == grammar::integer && !whole))
      return std::string{rule.name} + ": " + in_quotes(*text)
             + " is not a usable number";
    value = *number;
  } else if (rule.required) {
    return std::string{rule.name} + " needs a number, as in \"" + rule.name
           + (rule.argument == grammar::seconds ? ":2.5\"" : ":503\"");
  }
  if (rule.argument == grammar::seconds)
    fault.wait = as_milliseconds(value);
  else
    fault.number = static_cast<unsigned>(value);
  return std::nullopt;
}

std::optional<std::string> read_option(llm_fault& fault,
                                       std::string_view text) {
  constexpr std::string_view retry_after = "retry_after=";
  if (has_control(text))
    return "control characters in an option";
  if (text == "html" || text == "body=html")
    fault.html = true;
  else if (text == "json" || text == "body=json")
    fault.html = false;
  else if (text.substr(0, retry_after.size()) == retry_after)
    fault.retry_after = text.substr(retry_after.size());
  else
    return "unknown option " + in_quotes(text)
           + "; there are html, json and retry_after=TEXT";
  return std::nullopt;
}

} // namespace

const char* to_string(llm_fault_kind x) noexcept {
  return grammars[static_cast<std::size_t>(x) % grammars.size()].name;
}

std::string to_string(const llm_fault& x) {
  const auto& rule = grammar_of(x.kind);
  std::string text = rule.name;
  if (rule.argument == grammar::seconds
      && (rule.required || x.wait != as_milliseconds(rule.by_default)))
    text += ':' + seconds_text(x.wait);
  if (rule.argument == grammar::integer
      && (rule.required || x.number != static_cast<unsigned>(rule.by_default)))
    text += ':' + std::to_string(x.number);
  if (x.html)
    text += "+html";
  if (!x.retry_after.empty())
    text += "+retry_after=" + x.retry_after;
  return text;
}

fault_or_error parse_llm_fault(std::string_view text) {
  text = trim(text);
  auto options = text.substr(std::min(text.find('+'), text.size()));
  auto head = text.substr(0, text.size() - options.size());
  const auto colon = head.find(':');
  const auto name = head.substr(0, colon);
  std::optional<std::string_view> argument;
  if (colon != std::string_view::npos)
    argument = head.substr(colon + 1);
  for (std::size_t i = 0; i < grammars.size(); ++i) {
    if (name != grammars[i].name)
      continue;
    llm_fault fault;
    fault.kind = static_cast<kind>(i);
    if (auto error = read_argument(fault, grammars[i], argument))
      return std::move(*error);
    while (!options.empty()) {
      options.remove_prefix(1); // the plus
      // A retry_after may be a date, so it takes all the rest.
      const auto end = options.substr(0, 12) == "retry_after="
                         ? options.size()
                         : std::min(options.find('+'), options.size());
      if (auto error = read_option(fault, options.substr(0, end)))
        return std::move(*error);
      options.remove_prefix(end);
    }
    return fault;
  }
  return "unknown fault " + in_quotes(name) + "; there are " + known_names();
}

fault_or_error parse_llm_fault_body(std::string_view body) {
  body = trim(body);
  if (body.empty() || body.front() != '{')
    return parse_llm_fault(body);
  const auto json = nlohmann::json::parse(body, nullptr, false);
  if (!json.is_object())
    return "the body is neither JSON nor the name of a fault";
  std::string fault, options;
  for (const auto& [key, value] : json.items()) {
    const auto text = value.is_string()   ? value.get<std::string>()
                      : value.is_number() ? value.dump()
                                          : std::string{};
    if (text.empty())
      return in_quotes(key) + " must be a text or a number";
    if (key == "fault")
      fault = text;
    else if (key == "body")
      options = "+body=" + text + options;
    else if (key == "retry_after")
      options += "+retry_after=" + text;
    else
      return "unknown key " + in_quotes(key)
             + "; there are fault, retry_after and body";
  }
  return parse_llm_fault(fault + options);
}

std::variant<llm_timeline, std::string>
parse_llm_timeline(std::string_view text) {
  llm_timeline timeline;
  while (!text.empty()) {
    const auto part = trim(text.substr(0, text.find(',')));
    text.remove_prefix(std::min(text.find(','), text.size() - 1) + 1);
    const auto colon = std::min(part.find(':'), part.size());
    const auto at = number_in(part.substr(0, colon));
    if (!at || *at < 0 || *at > max_seconds || colon == part.size())
      return "timeline: " + in_quotes(part)
             + " is not SECONDS:FAULT, as in \"30:hang\"";
    auto fault = parse_llm_fault(part.substr(colon + 1));
    if (auto* error = std::get_if<std::string>(&fault))
      return "timeline: " + *error;
    if (!timeline.empty() && as_milliseconds(*at) <= timeline.back().at)
      return "timeline: " + in_quotes(part)
             + " is not later than the one before";
    timeline.push_back({as_milliseconds(*at), std::get<llm_fault>(fault)});
  }
  return timeline;
}

} // namespace riskbreaker::transport
