#pragma once

#include "transport/journal.hpp"

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace riskbreaker::transport {

/// Which scores are read; empty texts mean any.
struct score_query {
  std::string strategy{};
  std::string pair{};
  std::string timeframe{};
  std::optional<core::unix_ms> from{}; ///< candles that opened then or later
  std::optional<core::unix_ms> to{};   ///< candles that opened before
};

/// What the final assessments of one strategy, pair and timeframe belong to.
struct score_topic {
  std::int64_t id = 0; ///< in the file
  std::string strategy;
  std::string pair;
  std::string timeframe;
};

/// One candle's final assessment.
struct candle_score {
  core::unix_ms time{}; ///< the candle's open time
  double score = 0;
  double confidence = 0;
  std::string verdict;
  std::string source;
  std::string cause; ///< empty: none
};

// Both read a journal's file beside the daemon that writes it, or without one,
// and change nothing in it.

/// The topics that match, by strategy, pair and timeframe.
std::variant<std::vector<score_topic>, journal_error>
find_score_topics(const std::string& path, const score_query& query);

/// Hands on each candle of the topic once, with its newest assessment, in the
/// order in which they were made; `each` returns false to end. Reads `page`
/// rows at a time and holds nothing in between: a slow receiver must not keep
/// the daemon from tidying its file. Only a candle that was assessed again much
/// later, its row having been lost, comes twice.
std::optional<journal_error>
read_scores(const std::string& path, const score_topic& topic,
            const score_query& query,
            const std::function<bool(const candle_score&)>& each,
            std::size_t page = 5'000);

} // namespace riskbreaker::transport
