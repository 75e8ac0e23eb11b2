#include "actors/event_log.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace riskbreaker::actors {

namespace {

// Between the parts of a line, for the formatters; no text of ours has them,
// and others' lose them.
constexpr char unit = '\x1f';   // before a field: key, '=' or ':', value
constexpr char record = '\x1e'; // before the message
constexpr char mark = '\x1d';   // before the name

void append_clean(std::string& to, std::string_view text) {
  auto begin = to.size();
  to += text;
  std::replace_if(
    to.begin() + static_cast<std::ptrdiff_t>(begin), to.end(),
    [](char c) { return c == unit || c == record || c == mark; }, '?');
}

} // namespace

log_event::log_event(spdlog::level::level_enum level, std::string_view name)
  : level_(level), enabled_(spdlog::should_log(level)) {
  if (!enabled_)
    return;
  line_ = mark;
  line_ += name;
}

void log_event::add(const char* key, char kind, std::string_view value) {
  if (!enabled_)
    return;
  line_ += unit;
  line_ += key;
  line_ += kind;
  append_clean(line_, value);
}

log_event& log_event::with(const char* key, std::string_view value) {
  add(key, '=', value);
  return *this;
}

log_event& log_event::with(const char* key, bool value) {
  return number(key, value ? "true" : "false");
}

log_event& log_event::number(const char* key, const std::string& value) {
  add(key, ':', value);
  return *this;
}

log_event& log_event::with(const char* key, double value, int digits) {
  if (!enabled_)
    return *this;
  if (!std::isfinite(value))
    return with(key, "not finite");
  std::array<char, 400> text{};
  std::snprintf(text.data(), text.size(), "%.*f", digits, value);
  return number(key, text.data());
}

void log_event::say(std::string_view message) noexcept {
  if (!enabled_)
    return;
  try {
    if (!message.empty()) {
      line_ += record;
      append_clean(line_, message);
    }
    spdlog::log(level_, spdlog::string_view_t{line_.data(), line_.size()});
  } catch (...) {
    // No memory for a line of the log.
  }
}

logged_event read_logged(std::string_view payload) {
  logged_event out;
  if (payload.empty() || payload.front() != mark) {
    out.message = payload;
    return out;
  }
  payload.remove_prefix(1);
  if (auto at = payload.find(record); at != payload.npos) {
    out.message = payload.substr(at + 1);
    payload = payload.substr(0, at);
  }
  auto next = [&payload] {
    auto end = std::min(payload.find(unit), payload.size());
    auto part = payload.substr(0, end);
    payload.remove_prefix(std::min(end + 1, payload.size()));
    return part;
  };
  out.name = next();
  while (!payload.empty()) {
    auto part = next();
    auto at = part.find_first_of("=:");
    if (at == part.npos)
      continue;
    out.fields.push_back(
      {part.substr(0, at), part.substr(at + 1), part[at] == '='});
  }
  return out;
}

} // namespace riskbreaker::actors
