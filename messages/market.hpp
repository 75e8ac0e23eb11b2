#pragma once

#include "core/market/market_view.hpp"
#include "core/market/refusal.hpp"
#include "core/market/series.hpp"
#include "core/scoring/score.hpp"
#include "core/strategy.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace riskbreaker::messages {

/// Held by everything that still works on a batch of frames; when the last one
/// lets go, the reactor reads on. Its type is the transport's secret.
using lease = std::shared_ptr<const void>;

/// Frames as they came, from the reactor to ingest. `buffer` is padded behind
/// the last frame, for the decoder.
struct frame_batch {
  std::string buffer;
  std::vector<std::uint32_t> ends; ///< end offset of each frame
  std::uint32_t multipart = 0; ///< messages dropped for having several frames
  std::vector<std::string> oversized; ///< beginnings of frames over the limit
  lease credits;
};

/// Asks for one assessment of the newest closed candle of a series, for one
/// strategy. Sent once per strategy, pair, timeframe and candle time, ever.
struct risk_request {
  std::uint64_t id = 0;
  std::shared_ptr<const core::strategy> strategy;
  std::shared_ptr<const core::series_key> series;
  core::unix_ms candle_time{};
  core::unix_ms requested_at{};
  core::market_view market;
  /// The candles a prompt shows; null where no LLM may be asked.
  std::shared_ptr<const std::vector<core::candle>> window;
  /// Not 0: answer the control client of this ticket alone, publish nothing.
  std::uint64_t ticket = 0;
};

/// The requests that one batch of frames led to, shared from ingest to the
/// scorer without a copy.
struct risk_batch {
  std::vector<risk_request> requests;
  lease credits;
};

/// Ingest asks, the supervisor answers for. Also supervisor to scorer.
struct risk_requests {
  std::shared_ptr<const risk_batch> batch;
};

/// The scorer's answer: one score per request, in order.
struct risk_scores {
  std::shared_ptr<const risk_batch> batch;
  std::vector<core::fallback_score> scores;
};

/// A candle or message that ingest refused. `excerpt` is printable.
struct refused_candle {
  core::refusal what;
  std::string excerpt;
  std::uint64_t count = 1; ///< more than 1: a summary
};

/// From ingest to the publisher.
struct candles_refused {
  std::vector<refused_candle> items;
};

/// A new set of strategies and endpoints, to each actor concerned.
struct strategies_changed {
  std::shared_ptr<const core::strategy_table> table;
};

} // namespace riskbreaker::messages
