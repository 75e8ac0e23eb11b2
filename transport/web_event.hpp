#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace riskbreaker::transport {

/// What a topic is about; the names of server-sent events.
enum class event_kind : std::uint8_t {
  risk,
  risk_provisional,
  breaker,
  stats,
  config,
  rejected,
  heartbeat,
};

inline constexpr std::size_t event_kind_count = 7;

/// A set of kinds, a bit each.
using event_kinds = std::uint8_t;
inline constexpr event_kinds all_event_kinds = (1u << event_kind_count) - 1;

constexpr event_kinds bit_of(event_kind x) noexcept {
  return static_cast<event_kinds>(1u << static_cast<unsigned>(x));
}

std::string_view to_string(event_kind x) noexcept;

/// Nothing for a topic that is none of ours.
std::optional<event_kind> kind_of(std::string_view topic) noexcept;

/// Reads "breaker,stats"; all where nothing is named. Returns what is wrong
/// with it in `mistake`.
std::optional<event_kinds> parse_kinds(std::string_view names,
                                       std::string& mistake);

/// The payload as JSON text on one line, whatever it was encoded as.
std::string json_of(std::string_view payload);

/// One server-sent event.
void append_event(std::string& out, event_kind kind, std::string_view topic,
                  std::string_view payload);

} // namespace riskbreaker::transport
