#include "core/llm/prompt_template.hpp"

#include "core/llm/answer_text.hpp"

#include <algorithm>
#include <array>

namespace riskbreaker::core {

namespace {

constexpr std::array all_placeholders{
  placeholder::pair,      placeholder::timeframe,  placeholder::candle_time,
  placeholder::candles,   placeholder::indicators, placeholder::factors,
  placeholder::fallback,  placeholder::side,       placeholder::strategy_style,
  placeholder::risk_hint,
};

std::optional<placeholder> placeholder_called(std::string_view name) noexcept {
  for (auto x : all_placeholders)
    if (to_string(x) == name)
      return x;
  return std::nullopt;
}

std::string known_names() {
  std::string out;
  for (auto x : all_placeholders) {
    out += out.empty() ? "" : ", ";
    out += to_string(x);
  }
  return out;
}

std::string braced(std::string_view name) {
  return "{{" + excerpt(name, 40) + "}}";
}

template_problem problem_at(std::string_view text, std::size_t pos,
                            std::string message) {
  auto before = text.substr(0, pos);
  auto lines = std::count(before.begin(), before.end(), '\n');
  auto start = before.rfind('\n') + 1; // npos + 1 is the first line's 0
  return {static_cast<std::size_t>(lines) + 1, pos - start + 1,
          std::move(message)};
}

/// Bytes that no model should be sent and no editor shows.
std::optional<template_problem> check_bytes(std::string_view text) {
  for (std::size_t pos = 0; pos < text.size();) {
    auto length = utf8_length(text, pos);
    if (length == 0)
      return problem_at(text, pos,
                        "is not valid UTF-8; save the file as UTF-8");
    auto c = static_cast<unsigned char>(text[pos]);
    if ((c < 0x20 && c != '\n' && c != '\t') || c == 0x7f)
      return problem_at(text, pos, "holds a control character; remove it");
    pos += length;
  }
  return std::nullopt;
}

/// Windows' line ends and mark of UTF-8 are no mistake, and no text either.
std::string normalised(std::string_view text) {
  constexpr std::string_view bom = "\xef\xbb\xbf";
  if (text.starts_with(bom))
    text.remove_prefix(bom.size());
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i)
    if (text[i] != '\r' || text.substr(i, 2) != "\r\n")
      out += text[i];
  return out;
}

struct span {
  std::size_t begin = 0;
  std::size_t end = 0;
};

/// The lines that hold `---` alone.
std::vector<span> separators(std::string_view text) {
  std::vector<span> out;
  for (std::size_t begin = 0; begin < text.size();) {
    auto end = std::min(text.find('\n', begin), text.size());
    auto line = text.substr(begin, end - begin);
    if (line.starts_with("---") && trim(line) == "---")
      out.push_back({begin, end});
    begin = end + 1;
  }
  return out;
}

/// `at` without the blanks around it.
span trimmed(std::string_view text, span at) {
  auto inner = text.substr(at.begin, at.end - at.begin);
  auto kept = trim(inner);
  if (kept.empty())
    return {at.begin, at.begin};
  at.begin += static_cast<std::size_t>(kept.data() - inner.data());
  return {at.begin, at.begin + kept.size()};
}

/// Cuts `at` into pieces; places in a problem are places in all of `text`.
std::optional<template_problem> cut(std::string_view text, span at,
                                    prompt_template::part& out) {
  at = trimmed(text, at);
  auto pos = at.begin;
  while (pos < at.end) {
    auto open = std::min(text.find("{{", pos), at.end);
    out.push_back({std::string{text.substr(pos, open - pos)}, std::nullopt});
    if (open == at.end)
      break;
    auto line = text.substr(open + 2, at.end - open - 2);
    line = line.substr(0, line.find('\n'));
    auto length = line.find("}}");
    if (length == line.npos)
      return problem_at(text, open,
                        "\"{{\" is not closed in its line; write "
                        "{{name}}, known are: "
                          + known_names());
    auto name = trim(line.substr(0, length));
    out.back().then = placeholder_called(name);
    if (!out.back().then)
      return problem_at(text, open,
                        "there is no placeholder " + braced(name)
                          + "; known are: " + known_names());
    pos = open + 2 + length + 2;
  }
  return std::nullopt;
}

bool holds(const prompt_template::part& x, placeholder what) {
  return std::any_of(x.begin(), x.end(),
                     [&](const auto& p) { return p.then == what; });
}

parsed_template refuse(template_problem why) {
  return {std::nullopt, std::move(why)};
}

} // namespace

std::string_view to_string(placeholder x) noexcept {
  switch (x) {
    case placeholder::pair:
      return "pair";
    case placeholder::timeframe:
      return "timeframe";
    case placeholder::candle_time:
      return "candle_time";
    case placeholder::candles:
      return "candles";
    case placeholder::indicators:
      return "indicators";
    case placeholder::factors:
      return "factors";
    case placeholder::fallback:
      return "fallback";
    case placeholder::side:
      return "side";
    case placeholder::strategy_style:
      return "strategy_style";
    case placeholder::risk_hint:
      return "risk_hint";
  }
  return "";
}

bool is_of_one_pair(placeholder x) noexcept {
  switch (x) {
    case placeholder::pair:
    case placeholder::candle_time:
    case placeholder::candles:
    case placeholder::indicators:
    case placeholder::factors:
    case placeholder::fallback:
      return true;
    case placeholder::timeframe:
    case placeholder::side:
    case placeholder::strategy_style:
    case placeholder::risk_hint:
      break;
  }
  return false;
}

parsed_template prompt_template::parse(std::string_view raw) {
  if (raw.size() > max_bytes)
    return refuse(
      {0, 0,
       "is larger than 32 KiB; every byte of it is paid for with every "
       "call: make it shorter"});
  auto text = normalised(raw);
  if (auto bad = check_bytes(text))
    return refuse(*bad);
  prompt_template out;
  span user{0, text.size()};
  auto lines = separators(text);
  if (lines.size() > 1)
    return refuse(problem_at(text, lines[1].begin,
                             "is a second line \"---\"; only one may part the "
                             "system message from the user message: write "
                             "\"----\" for a rule"));
  if (!lines.empty()) {
    out.system_.emplace();
    if (auto bad = cut(text, {0, lines[0].begin}, *out.system_))
      return refuse(*bad);
    if (out.system_->empty())
      return refuse(problem_at(text, lines[0].begin,
                               "has no system message before it; write one, "
                               "or delete this line \"---\" to use the one "
                               "that ships"));
    user.begin = lines[0].end;
  }
  if (auto bad = cut(text, user, out.user_))
    return refuse(*bad);
  if (out.user_.empty())
    return refuse({0, 0,
                   lines.empty()
                     ? "is empty"
                     : "has no user message behind the line \"---\""});
  for (auto needed : {placeholder::pair, placeholder::candles})
    if (!holds(out.user_, needed)
        && !(out.system_ && holds(*out.system_, needed)))
      return refuse({0, 0,
                     "lacks " + braced(to_string(needed))
                       + ": the model could not know what it is asked about"});
  return {std::move(out), {}};
}

} // namespace riskbreaker::core
