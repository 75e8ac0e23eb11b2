#include "core/llm/call_pool.hpp"

#include <algorithm>
#include <utility>

namespace riskbreaker::core {

std::optional<std::uint64_t> call_pool::waiting(const pool_key& key) const {
  for (const auto& x : entries_)
    if (x.key == key)
      return x.call;
  return std::nullopt;
}

void call_pool::open(pool_key key, std::uint64_t call, std::size_t room,
                     steady_time due) {
  entries_.push_back({std::move(key), call, room, due});
}

bool call_pool::join(std::uint64_t call) {
  auto i = std::find_if(entries_.begin(), entries_.end(),
                        [call](const entry& x) { return x.call == call; });
  if (i == entries_.end() || --i->room > 0)
    return false;
  entries_.erase(i);
  return true;
}

std::vector<std::uint64_t> call_pool::take_due(steady_time now) {
  std::vector<std::uint64_t> out;
  for (const auto& x : entries_)
    if (x.due <= now)
      out.push_back(x.call);
  std::erase_if(entries_, [now](const entry& x) { return x.due <= now; });
  return out;
}

void call_pool::drop(std::uint64_t call) {
  std::erase_if(entries_, [call](const entry& x) { return x.call == call; });
}

std::optional<steady_time> call_pool::next_due() const {
  std::optional<steady_time> out;
  for (const auto& x : entries_)
    if (!out || x.due < *out)
      out = x.due;
  return out;
}

milliseconds pool_wait(milliseconds window, milliseconds had) noexcept {
  return std::min(window, had / 4);
}

} // namespace riskbreaker::core
