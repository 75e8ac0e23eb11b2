#pragma once

#include "transport/journal.hpp"
#include "transport/sqlite.hpp"

namespace riskbreaker::transport {

// What the journal's file does, piece by piece. All throw `sqlite_failure`.

/// What the last run has left. Rows that make no sense are left out; series
/// that are of no use any more are left to `prune_rows`.
journal_memory load_memory(sqlite_database& db, const journal_limits& limits);

/// Deletes up to a few thousand rows from before `before`, oldest first.
/// Whether more are left.
bool prune_rows(sqlite_database& db, core::unix_ms before);

/// Newest first. As fast for the rarest topic as for all together.
std::vector<core::past_assessment>
find_assessments(sqlite_database& db, const core::history_query& query);

} // namespace riskbreaker::transport
