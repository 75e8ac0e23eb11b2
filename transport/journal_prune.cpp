#include "transport/journal_rows.hpp"

#include <array>

namespace riskbreaker::transport {

namespace {

/// A step takes some milliseconds, in which nothing is written.
constexpr std::int64_t rows_a_step = 1'000;

/// Refusals are the sender's doing: garbage at full speed, day and night, must
/// not fill the disk before it is `keep_days` old.
constexpr std::int64_t kept_refusals = 100'000;

/// Rows stand in the order of their time, but for steps of the wall clock: the
/// oldest are at the beginning.
constexpr std::array<const char*, 4> aged{
  "DELETE FROM assessments WHERE id IN (SELECT id FROM assessments ORDER BY id "
  "LIMIT ?2) AND issued_at < ?1",
  "DELETE FROM transitions WHERE id IN (SELECT id FROM transitions ORDER BY id "
  "LIMIT ?2) AND at < ?1",
  "DELETE FROM llm_calls WHERE id IN (SELECT id FROM llm_calls ORDER BY id "
  "LIMIT ?2) AND ended_at < ?1",
  "DELETE FROM refused WHERE id IN (SELECT id FROM refused ORDER BY id "
  "LIMIT ?2) AND at < ?1",
};

std::int64_t run(sqlite_database& db, const char* sql, std::int64_t a,
                 std::int64_t b) {
  sqlite_statement{db, sql}.run(a, b);
  return db.changed_rows();
}

} // namespace

bool prune_rows(sqlite_database& db, core::unix_ms before) {
  auto limit = before.time_since_epoch().count();
  bool more = false;
  for (const char* sql : aged)
    more |= run(db, sql, limit, rows_a_step) == rows_a_step;
  more |= run(db,
              "DELETE FROM refused WHERE id IN (SELECT id FROM refused WHERE "
              "id <= (SELECT max(id) FROM refused) - ?1 ORDER BY id LIMIT ?2)",
              kept_refusals, rows_a_step)
          == rows_a_step;
  // Those that `load_memory` has given up, unless they moved since.
  constexpr std::int64_t series_a_step = 10;
  run(db,
      "DELETE FROM candles WHERE series IN (SELECT id FROM series WHERE "
      "saved_at = ?1 ORDER BY id LIMIT ?2)",
      0, series_a_step);
  more |= run(db,
              "DELETE FROM series WHERE id IN (SELECT id FROM series WHERE "
              "saved_at = ?1 ORDER BY id LIMIT ?2)",
              0, series_a_step)
          == series_a_step;
  return more;
}

} // namespace riskbreaker::transport
