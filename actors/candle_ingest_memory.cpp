#include "actors/candle_ingest.hpp"

#include <utility>

// What a restart keeps of the series.

namespace riskbreaker::actors {

void candle_ingest_state::restore() {
  keeper.journal = cfg.journal;
  auto before = std::exchange(cfg.restored, nullptr);
  if (!before)
    return;
  for (auto& x : std::exchange(*before, {})) {
    auto shared = std::make_shared<const core::series_key>(x.key);
    auto [i, added]
      = all_.emplace(std::move(x.key), watched_series{std::move(shared),
                                                      std::move(x.candles),
                                                      {},
                                                      false,
                                                      self->clock().now()});
    watch(i->second);
  }
}

} // namespace riskbreaker::actors
