#pragma once

#include "core/scoring/assessment.hpp"

#include <memory>
#include <unordered_map>

namespace riskbreaker::core {

/// A model's answer that later candles of its series may use again.
struct kept_answer {
  double score = 50;
  double confidence = 0;
  steady_time asked_at{};
  unix_ms valid_until{}; ///< of the assessment that it was given for
  std::shared_ptr<const llm_report> llm;
};

/// The newest trusted answer of each series, for `llm.min_interval`: a call
/// costs money, and a market seldom turns within one.
class answer_cache {
public:
  /// Keeps `x` unless the answer of a newer candle is there. Drops, now and
  /// then, what has expired at `wall`.
  void keep(std::shared_ptr<const series_key> series, kept_answer&& x,
            unix_ms wall);

  /// The answer of `series` if it was asked for less than `min_interval` ago
  /// and has not expired at `wall`; else null. Good until the next change.
  const kept_answer* find(const std::shared_ptr<const series_key>& series,
                          steady_time now, unix_ms wall,
                          milliseconds min_interval) const;

  void clear() {
    kept_.clear();
  }

  std::size_t size() const {
    return kept_.size();
  }

private:
  void sweep(unix_ms wall);

  std::unordered_map<std::shared_ptr<const series_key>, kept_answer> kept_;
  std::size_t sweep_at_ = 64; ///< twice what was still valid the last time
};

/// An LLM that is left alone, or was switched off by an operator, does not
/// speak through an old answer either.
bool may_reuse(breaker_state x) noexcept;

/// What an answer that is used again says of its model: who it was and what it
/// said. Nothing was sent, so that sums over all answers stay right.
std::shared_ptr<const llm_report> report_of_reuse(const llm_report& x);

} // namespace riskbreaker::core
