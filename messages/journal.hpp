#pragma once

#include "core/breaker/breaker_types.hpp"
#include "core/llm/limits.hpp"
#include "core/market/series_memory.hpp"
#include "core/scoring/journaled.hpp"
#include "messages/events.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace riskbreaker::messages {

/// An answer of a batch, and its number on its topic.
struct published_answer {
  std::uint32_t index = 0;
  std::uint64_t seq = 0;
};

/// From the publisher, of what the journal is to keep. The batch's lease is
/// held until it is on disk, so that a slow disk slows the pushers.
struct answers_published {
  std::shared_ptr<const assessment_batch> batch;
  std::vector<published_answer> which;
};

/// A breaker as it is to come back after a restart; from the supervisor,
/// whenever something moved in it.
struct breaker_saved {
  std::string strategy;
  core::breaker_memory memory;
};

/// What an endpoint has spent of its day; with each HTTP request and its end.
struct budget_saved {
  std::string endpoint;
  core::budget_memory memory;
};

/// What moved in the series, from ingest; answered with `series_saved`.
struct series_moved {
  std::shared_ptr<const std::vector<core::series_delta>> items;
};

/// The last `series_moved` is on disk, or lost: then all of those series must
/// be sent whole.
struct series_saved {
  bool lost = false;
};

struct history_listing {
  std::shared_ptr<const std::vector<core::past_assessment>> items;
  std::string error; ///< not empty: the journal could not be read
};

} // namespace riskbreaker::messages
