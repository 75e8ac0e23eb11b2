#include "transport/journal_schema.hpp"

#include <array>

namespace riskbreaker::transport {

namespace {

// Times are milliseconds since the epoch, UTC. Names are the contract's.
// `topics` and `boots` stand for what assessments would repeat a million times.
constexpr const char* version_1 = R"sql(
CREATE TABLE boots (id INTEGER PRIMARY KEY, boot TEXT NOT NULL,
  version TEXT NOT NULL, started_at INTEGER NOT NULL);
CREATE TABLE topics (id INTEGER PRIMARY KEY, strategy TEXT NOT NULL,
  pair TEXT NOT NULL, timeframe TEXT NOT NULL,
  UNIQUE (strategy, pair, timeframe));
CREATE TABLE assessments (id INTEGER PRIMARY KEY,
  boot INTEGER NOT NULL, topic INTEGER NOT NULL,
  seq INTEGER NOT NULL, request INTEGER NOT NULL,
  candle_time INTEGER NOT NULL, requested_at INTEGER NOT NULL,
  issued_at INTEGER NOT NULL, valid_until INTEGER NOT NULL,
  score REAL NOT NULL, confidence REAL NOT NULL,
  verdict TEXT NOT NULL, source TEXT NOT NULL, cause TEXT,
  breaker TEXT NOT NULL, reasons TEXT NOT NULL,
  rsi REAL, rsi_points REAL, rsi_weight REAL,
  volatility REAL, volatility_points REAL, volatility_weight REAL,
  trend REAL, trend_points REAL, trend_weight REAL,
  price_action REAL, price_action_points REAL, price_action_weight REAL,
  factors_available INTEGER NOT NULL,
  endpoint TEXT, model TEXT, latency_ms INTEGER, attempts INTEGER,
  prompt_tokens INTEGER, completion_tokens INTEGER, tokens_estimated INTEGER,
  cost_usd REAL);
CREATE INDEX assessments_of_topic ON assessments (topic);
CREATE TABLE transitions (id INTEGER PRIMARY KEY, strategy TEXT NOT NULL,
  from_state TEXT NOT NULL, to_state TEXT NOT NULL, at INTEGER NOT NULL,
  cause TEXT NOT NULL, consecutive_failures INTEGER NOT NULL,
  retry_at INTEGER);
CREATE TABLE llm_calls (id INTEGER PRIMARY KEY, strategy TEXT NOT NULL,
  ended_at INTEGER NOT NULL, outcome TEXT NOT NULL, verdict TEXT NOT NULL,
  requests INTEGER NOT NULL, endpoint TEXT, model TEXT, latency_ms INTEGER,
  attempts INTEGER, prompt_tokens INTEGER, completion_tokens INTEGER,
  tokens_estimated INTEGER, cost_usd REAL);
CREATE TABLE refused (id INTEGER PRIMARY KEY, at INTEGER NOT NULL,
  reason TEXT NOT NULL, detail TEXT NOT NULL, excerpt TEXT NOT NULL,
  count INTEGER NOT NULL);
CREATE TABLE breakers (strategy TEXT PRIMARY KEY, state TEXT NOT NULL,
  consecutive_failures INTEGER NOT NULL, open_for_ms INTEGER NOT NULL,
  retry_at INTEGER, reopenings INTEGER NOT NULL,
  saved_at INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE budgets (endpoint TEXT PRIMARY KEY, day INTEGER NOT NULL,
  calls INTEGER NOT NULL, usd REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE series (id INTEGER PRIMARY KEY, pair TEXT NOT NULL,
  timeframe TEXT NOT NULL, saved_at INTEGER NOT NULL,
  filled_total INTEGER NOT NULL,
  gain REAL NOT NULL, loss REAL NOT NULL, range REAL NOT NULL,
  plus REAL NOT NULL, minus REAL NOT NULL, dx REAL NOT NULL,
  high REAL NOT NULL, low REAL NOT NULL, close REAL NOT NULL,
  count INTEGER NOT NULL, UNIQUE (pair, timeframe));
CREATE TABLE candles (series INTEGER NOT NULL, time INTEGER NOT NULL,
  open REAL NOT NULL, high REAL NOT NULL, low REAL NOT NULL,
  close REAL NOT NULL, volume REAL NOT NULL, filled INTEGER NOT NULL,
  PRIMARY KEY (series, time)) WITHOUT ROWID;
CREATE VIEW history AS SELECT a.id, t.strategy, t.pair, t.timeframe,
  datetime(a.candle_time / 1000, 'unixepoch') AS candle,
  datetime(a.issued_at / 1000, 'unixepoch') AS issued,
  a.score, a.confidence, a.verdict, a.source, a.cause, a.breaker, a.reasons,
  a.model, a.latency_ms, a.cost_usd
  FROM assessments a JOIN topics t ON t.id = a.topic;
)sql";

/// What leads from each version to the next.
constexpr std::array<const char*, journal_schema_version> steps{version_1};

} // namespace

std::string bring_up_to_date(sqlite_database& db) {
  auto application = db.number("PRAGMA application_id");
  auto version = db.number("PRAGMA user_version");
  auto tables = db.number("SELECT count(*) FROM sqlite_schema");
  auto ours = application == journal_application_id && version >= 0;
  if (!ours && (tables > 0 || version != 0))
    return "is the database of another program; set another journal.path";
  if (version > journal_schema_version)
    return "was written by a newer riskbreaker (version "
           + std::to_string(version) + " of its tables, this one knows "
           + std::to_string(journal_schema_version)
           + "); update riskbreaker or set another journal.path";
  if (version == journal_schema_version)
    return {};
  db.execute("BEGIN IMMEDIATE");
  for (auto i = version; i < journal_schema_version; ++i)
    db.execute(steps[static_cast<std::size_t>(i)]);
  auto mark
    = "PRAGMA application_id = " + std::to_string(journal_application_id)
      + "; PRAGMA user_version = " + std::to_string(journal_schema_version)
      + "; COMMIT";
  db.execute(mark.c_str());
  return {};
}

} // namespace riskbreaker::transport
