#include "app/watch_view.hpp"

#include "app/console.hpp"
#include "core/llm/prompt.hpp"
#include "transport/json_writer.hpp"
#include "transport/msgpack_depth.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace riskbreaker::app {

namespace {

using nlohmann::json;

constexpr auto replace = json::error_handler_t::replace;
constexpr int max_depth = 64;

/// A member as text; "-" where there is none.
std::string shown(const json& x, const char* name) {
  auto found = x.find(name);
  if (found == x.end() || found->is_null())
    return "-";
  if (found->is_string())
    return found->get<std::string>();
  return found->dump(-1, ' ', false, replace);
}

std::string fixed(const json& x, const char* name, int digits) {
  auto found = x.find(name);
  if (found == x.end() || !found->is_number())
    return "-";
  std::array<char, 64> buffer;
  auto [end, error]
    = std::to_chars(buffer.data(), buffer.data() + buffer.size(),
                    found->get<double>(), std::chars_format::fixed, digits);
  return error == std::errc{} ? std::string{buffer.data(), end} : "-";
}

std::string time_of(const json& x, core::unix_ms now) {
  for (const char* name : {"issued_at", "at"})
    if (auto found = x.find(name);
        found != x.end() && found->is_number_integer()) {
      // Years with four digits only: a stranger's number may be anything.
      auto ms = found->get<std::int64_t>();
      if (ms >= 0 && ms < 253'402'300'800'000)
        now = core::unix_ms{core::milliseconds{ms}};
    }
  auto text = core::iso_utc(now);
  return text.size() >= 19 ? text.substr(11, 8) : text;
}

paint state_paint(const std::string& state) {
  if (state == "closed" || state == "forced_closed")
    return paint::green;
  return state == "half_open" ? paint::yellow : paint::red;
}

std::string risk_text(const json& x, bool colour) {
  auto verdict = shown(x, "verdict");
  auto source = shown(x, "source");
  if (auto cause = shown(x, "cause"); cause != "-")
    source += " (" + cause + ")";
  auto final = x.find("final");
  bool provisional = final != x.end() && *final == false;
  std::string reason;
  if (auto reasons = x.find("reasons");
      reasons != x.end() && reasons->is_array() && !reasons->empty()
      && reasons->front().is_string())
    reason = "  " + reasons->front().get<std::string>();
  return painted(terminal_safe(fixed(x, "score", 1) + " " + verdict),
                 verdict == "allow" ? paint::green : paint::red, colour)
         + "  "
         + painted(terminal_safe(source),
                   source == "llm" ? paint::cyan : paint::yellow, colour)
         + (provisional ? "  provisional" : "")
         + painted(
           terminal_safe("  confidence " + fixed(x, "confidence", 2) + reason),
           paint::grey, colour);
}

std::string breaker_text(const json& x, bool colour) {
  auto to = shown(x, "to");
  return terminal_safe(shown(x, "from")) + " → "
         + painted(terminal_safe(to), state_paint(to), colour)
         + painted(terminal_safe("  " + shown(x, "cause") + "  failures "
                                 + shown(x, "consecutive_failures")),
                   paint::grey, colour);
}

std::string stats_text(const json& x, bool colour) {
  auto state = shown(x, "state");
  return painted(terminal_safe(state), state_paint(state), colour)
         + terminal_safe("  LLM " + fixed(x, "success_rate", 1) + " % of "
                         + shown(x, "total_calls") + "  answered "
                         + fixed(x, "answered_rate", 1) + " % of "
                         + shown(x, "requests"));
}

std::string text_of(const watched_message& x, bool colour) {
  std::string_view topic = x.topic;
  if (!x.tree.is_object())
    return terminal_safe(x.payload);
  if (topic.starts_with("risk.") || topic.starts_with("risk_provisional."))
    return risk_text(x.tree, colour);
  if (topic.starts_with("breaker."))
    return breaker_text(x.tree, colour);
  if (topic.starts_with("stats."))
    return stats_text(x.tree, colour);
  if (topic == "heartbeat")
    return terminal_safe("up " + fixed(x.tree, "uptime_s", 0) + " s");
  if (topic == "ingest.rejected")
    return painted(terminal_safe(shown(x.tree, "reason")), paint::yellow,
                   colour)
           + terminal_safe("  " + shown(x.tree, "detail") + "  "
                           + shown(x.tree, "excerpt"));
  return terminal_safe(x.payload);
}

} // namespace

watched_message read_message(std::string topic, std::string payload) {
  watched_message x{std::move(topic), std::move(payload),
                    json::value_t::discarded};
  if (x.payload.starts_with('{')) {
    x.tree = json::parse(x.payload, nullptr, false);
  } else {
    if (transport::msgpack_depth_within(x.payload, max_depth))
      x.tree = json::from_msgpack(x.payload, true, false);
    if (x.tree.is_object())
      x.payload = x.tree.dump(-1, ' ', false, replace);
  }
  if (!x.tree.is_object())
    x.tree = json::value_t::discarded;
  return x;
}

std::string message_json(const watched_message& x) {
  std::string out = "{\"topic\":";
  transport::append_json_string(out, x.topic);
  if (!x.tree.is_object()) {
    out += ",\"payload\":";
    transport::append_json_string(out, x.payload);
    return out + '}';
  }
  auto text = x.payload;
  // One line has one message. Within a JSON string no raw line break is legal,
  // so those of someone else's JSON are all blanks.
  std::replace(text.begin(), text.end(), '\n', ' ');
  std::replace(text.begin(), text.end(), '\r', ' ');
  if (!x.tree.empty())
    out += ',';
  return out.append(text, 1, std::string::npos);
}

std::string message_line(const watched_message& x, core::unix_ms now,
                         bool colour) {
  return painted(time_of(x.tree.is_object() ? x.tree : json::object(), now),
                 paint::grey, colour)
         + "  " + terminal_safe(x.topic) + "  " + text_of(x, colour);
}

} // namespace riskbreaker::app
