#include "transport/web_event.hpp"

#include "transport/json_writer.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace riskbreaker::transport {

namespace {

constexpr std::array<std::string_view, event_kind_count> names{
  "risk",   "risk_provisional", "breaker",  "stats",
  "config", "ingest.rejected",  "heartbeat"};

} // namespace

std::string_view to_string(event_kind x) noexcept {
  return names[static_cast<std::size_t>(x)];
}

std::optional<event_kind> kind_of(std::string_view topic) noexcept {
  for (std::size_t i = 0; i < names.size(); ++i) {
    auto name = names[i];
    if (topic.starts_with(name)
        && (topic.size() == name.size() || topic[name.size()] == '.'))
      return static_cast<event_kind>(i);
  }
  return std::nullopt;
}

std::optional<event_kinds> parse_kinds(std::string_view text,
                                       std::string& mistake) {
  event_kinds out = 0;
  while (!text.empty()) {
    auto end = std::min(text.find(','), text.size());
    auto name = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    auto found = std::find(names.begin(), names.end(), name);
    if (found == names.end()) {
      mistake = "kinds: \"" + std::string{name.substr(0, 64)}
                + "\" is not known; valid:";
      for (auto x : names)
        mistake.append(" ").append(x);
      return std::nullopt;
    }
    out |= bit_of(static_cast<event_kind>(found - names.begin()));
  }
  return out == 0 ? all_event_kinds : out;
}

std::string json_of(std::string_view payload) {
  if (payload.starts_with('{'))
    return std::string{payload};
  using json = nlohmann::ordered_json;
  auto tree = json::from_msgpack(payload, true, false);
  return tree.is_discarded()
           ? std::string{"null"}
           : tree.dump(-1, ' ', false, json::error_handler_t::replace);
}

void append_event(std::string& out, event_kind kind, std::string_view topic,
                  std::string_view payload) {
  out.append("event: ").append(to_string(kind)).append("\ndata: {\"topic\":");
  append_json_string(out, topic);
  out.append(",\"payload\":");
  if (payload.starts_with('{'))
    out.append(payload);
  else
    out.append(json_of(payload));
  out.append("}\n\n");
}

} // namespace riskbreaker::transport
