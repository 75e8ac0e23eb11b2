#include "actors/series_keeper.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <utility>

namespace riskbreaker::actors {

void series_keeper::changed(pointer self, kept_series x) {
  unsaved_.push_back(std::move(x));
  if (under_way_.empty())
    arm(self, interval);
}

void series_keeper::arm(pointer self, std::chrono::milliseconds wait) {
  if (!std::exchange(armed_, true))
    self->delayed_send(self, wait, atom::save_v);
}

void series_keeper::on_time(pointer self) {
  armed_ = false;
  if (under_way_.empty())
    tell(self, max_candles);
}

void series_keeper::on_saved(pointer self, bool lost) {
  for (auto& x : std::exchange(under_way_, {})) {
    if (!lost)
      continue;
    // It may have changed meanwhile, and be listed again: once is enough.
    auto listed = x.candles->has_changes();
    x.candles->changes_lost();
    if (!listed)
      unsaved_.push_back(std::move(x));
  }
  if (!unsaved_.empty())
    arm(self, lost    ? retry_delay
              : more_ ? std::chrono::milliseconds{0}
                      : interval);
}

std::size_t series_keeper::tell(pointer self, std::size_t room) {
  auto items = std::make_shared<std::vector<core::series_delta>>();
  std::size_t sent = 0;
  std::size_t i = 0;
  for (; i < unsaved_.size() && sent < room; ++i) {
    auto& x = unsaved_[i];
    auto changes = x.candles->take_changes();
    if (!changes)
      continue;
    sent += changes->candles.size();
    items->push_back({x.key, std::move(*changes)});
    under_way_.push_back(std::move(x));
  }
  more_ = i < unsaved_.size();
  unsaved_.erase(unsaved_.begin(), unsaved_.begin() + static_cast<long>(i));
  if (items->empty())
    return 0;
  auto count = items->size();
  self->send(journal.to, messages::series_moved{std::move(items)},
             series_source_actor{self});
  return count;
}

std::size_t series_keeper::tell_all(pointer self) {
  std::size_t count = 0;
  while (!unsaved_.empty())
    count += tell(self, max_candles); // in pieces: each is safe by itself
  return count;
}

} // namespace riskbreaker::actors
