#include "transport/journal_scores.hpp"

#include "transport/journal_schema.hpp"
#include "transport/sqlite.hpp"

#include <limits>
#include <utility>

namespace riskbreaker::transport {

namespace {

using kind = journal_error::kind;

journal_error unusable(const std::string& path, const std::string& why) {
  return {kind::unusable, "journal " + path + ": " + why};
}

journal_error error_of(const std::string& path, const std::exception& x) {
  return unusable(path, std::string{x.what()}
                          + "; it takes the file and the right to read it and "
                            "to write in its folder (as the daemon's user)");
}

/// What speaks against reading this file, or nothing.
std::string objection(sqlite_database& db) {
  if (db.number("PRAGMA application_id") != journal_application_id)
    return "is no journal of riskbreaker";
  if (auto version = db.number("PRAGMA user_version");
      version > journal_schema_version)
    return "was written by a newer riskbreaker; update this one";
  return {};
}

candle_score score_of(const sqlite_statement& row) {
  candle_score out;
  out.time = row.time(1);
  out.score = row.real(2);
  out.confidence = row.real(3);
  out.verdict = row.text(4);
  out.source = row.text(5);
  if (!row.is_null(6))
    out.cause = row.text(6);
  return out;
}

} // namespace

std::variant<std::vector<score_topic>, journal_error>
find_score_topics(const std::string& path, const score_query& query) {
  try {
    sqlite_database db{path, true};
    if (auto why = objection(db); !why.empty())
      return unusable(path, why);
    sqlite_statement rows{
      db, "SELECT id, strategy, pair, timeframe FROM topics WHERE "
          "(?1 = '' OR strategy = ?1) AND (?2 = '' OR pair = ?2) AND "
          "(?3 = '' OR timeframe = ?3) ORDER BY strategy, pair, timeframe"};
    rows.start(query.strategy, query.pair, query.timeframe);
    std::vector<score_topic> out;
    while (rows.next())
      out.push_back(
        {rows.integer(0), rows.text(1), rows.text(2), rows.text(3)});
    return out;
  } catch (const std::exception& x) {
    return error_of(path, x);
  }
}

std::optional<journal_error>
read_scores(const std::string& path, const score_topic& topic,
            const score_query& query,
            const std::function<bool(const candle_score&)>& each,
            std::size_t page) {
  using limits = std::numeric_limits<std::int64_t>;
  auto from
    = query.from ? query.from->time_since_epoch().count() : limits::min();
  auto to = query.to ? query.to->time_since_epoch().count() : limits::max();
  try {
    sqlite_database db{path, true};
    // Rows of a topic stand in the order of their numbers in its index, which
    // is the order of their candles but after a crash.
    sqlite_statement rows{
      db, "SELECT id, candle_time, score, confidence, verdict, source, cause "
          "FROM assessments WHERE topic = ?1 AND id > ?2 ORDER BY id LIMIT ?3"};
    std::int64_t last = 0;
    std::optional<candle_score> held; // until it is known to be the newest
    std::vector<candle_score> got;
    for (std::size_t count = page; count == page;) {
      got.clear();
      count = 0;
      rows.start(topic.id, last, page);
      while (rows.next()) {
        ++count;
        last = rows.integer(0);
        auto time = rows.integer(1);
        if (time >= from && time < to)
          got.push_back(score_of(rows));
      }
      rows.reset();
      for (auto& x : got) {
        if (held && held->time != x.time && !each(*held))
          return std::nullopt;
        held = std::move(x);
      }
    }
    if (held)
      each(*held);
    return std::nullopt;
  } catch (const std::exception& x) {
    return error_of(path, x);
  }
}

} // namespace riskbreaker::transport
