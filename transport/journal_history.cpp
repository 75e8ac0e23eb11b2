#include "transport/journal_file.hpp"
#include "transport/journal_rows.hpp"

#include <algorithm>
#include <functional>
#include <queue>
#include <utility>

namespace riskbreaker::transport {

namespace {

template <class E>
std::optional<E> named(std::string_view text, std::initializer_list<E> all) {
  for (auto x : all)
    if (text == to_string(x))
      return x;
  return std::nullopt;
}

std::optional<double> maybe(const sqlite_statement& row, int column) {
  return row.is_null(column) ? std::nullopt : std::optional{row.real(column)};
}

std::shared_ptr<const core::llm_report> report_of(const sqlite_statement& row,
                                                  int first) {
  if (row.is_null(first))
    return nullptr;
  auto out = std::make_shared<core::llm_report>();
  out->endpoint = row.text(first);
  out->model = row.text(first + 1);
  out->latency = core::milliseconds{row.integer(first + 2)};
  out->attempts = static_cast<std::uint32_t>(row.integer(first + 3));
  out->prompt_tokens = static_cast<std::uint64_t>(row.integer(first + 4));
  out->completion_tokens = static_cast<std::uint64_t>(row.integer(first + 5));
  out->tokens_estimated = row.integer(first + 6) != 0;
  out->cost_usd = row.real(first + 7);
  return out;
}

core::fallback_score factors_of(const sqlite_statement& row, int first) {
  core::fallback_score out;
  auto available
    = row.integer(first + 3 * static_cast<int>(out.factors.size()));
  for (std::size_t i = 0; i < out.factors.size(); ++i) {
    auto& x = out.factors[i];
    auto at = first + 3 * static_cast<int>(i);
    x.kind = static_cast<core::factor_kind>(i);
    x.value = maybe(row, at);
    x.points = row.real(at + 1);
    x.weight = row.real(at + 2);
    x.available = (available >> i & 1) != 0;
  }
  return out;
}

constexpr const char* whole_row
  = "SELECT b.boot, a.seq, t.strategy, t.pair, t.timeframe, a.request, "
    "a.candle_time, a.requested_at, a.issued_at, a.valid_until, a.score, "
    "a.confidence, a.verdict, a.source, a.cause, a.breaker, a.reasons, "
    "a.rsi, a.rsi_points, a.rsi_weight, "
    "a.volatility, a.volatility_points, a.volatility_weight, "
    "a.trend, a.trend_points, a.trend_weight, "
    "a.price_action, a.price_action_points, a.price_action_weight, "
    "a.factors_available, a.endpoint, a.model, a.latency_ms, a.attempts, "
    "a.prompt_tokens, a.completion_tokens, a.tokens_estimated, a.cost_usd "
    "FROM assessments a JOIN topics t ON t.id = a.topic "
    "JOIN boots b ON b.id = a.boot WHERE a.id = ?";

/// Nothing for a row that is none of ours.
std::optional<core::past_assessment> read(const sqlite_statement& row) {
  using enum core::answer_source;
  auto frame = core::timeframe::parse(row.text(4));
  auto verdict
    = named(row.text(12), {core::verdict::allow, core::verdict::block});
  auto source = named(row.text(13), {llm, llm_cached, fallback});
  auto breaker = core::breaker_state_from(row.text(15));
  if (!frame || !verdict || !source || !breaker)
    return std::nullopt;
  core::past_assessment out;
  out.boot = row.text(0);
  out.seq = static_cast<std::uint64_t>(row.integer(1));
  auto strategy = std::make_shared<core::strategy>();
  strategy->name = row.text(2);
  auto& x = out.what;
  x.strategy = std::move(strategy);
  x.series = std::make_shared<const core::series_key>(
    core::series_key{row.text(3), *frame});
  x.id = static_cast<std::uint64_t>(row.integer(5));
  x.candle_time = row.time(6);
  x.requested_at = row.time(7);
  x.issued_at = row.time(8);
  x.valid_until = row.time(9);
  x.score = row.real(10);
  x.confidence = row.real(11);
  x.verdict = *verdict;
  x.source = *source;
  if (!row.is_null(14))
    x.cause = core::cause_from(row.text(14));
  x.breaker = *breaker;
  out.reasons = row.text(16);
  x.fallback = factors_of(row, 17);
  x.llm = report_of(row, 30);
  return out;
}

std::vector<std::int64_t> topics_of(sqlite_database& db,
                                    const core::history_query& query) {
  sqlite_statement rows{
    db, "SELECT id FROM topics WHERE (?1 = '' OR strategy = ?1) AND "
        "(?2 = '' OR pair = ?2) AND (?3 = '' OR timeframe = ?3)"};
  rows.start(query.strategy, query.pair, query.timeframe);
  std::vector<std::int64_t> out;
  while (rows.next())
    out.push_back(rows.integer(0));
  return out;
}

/// The newest rows, newest first.
std::vector<std::int64_t> newest_ids(sqlite_database& db,
                                     const core::history_query& query,
                                     std::size_t limit) {
  std::vector<std::int64_t> out;
  if (query.strategy.empty() && query.pair.empty() && query.timeframe.empty()) {
    sqlite_statement rows{db, "SELECT id FROM assessments ORDER BY id DESC "
                              "LIMIT ?"};
    rows.start(limit);
    while (rows.next())
      out.push_back(rows.integer(0));
    return out;
  }
  // Each topic's rows stand in order in the index: of each, no more is looked
  // at than could still be among the newest.
  sqlite_statement rows{db, "SELECT id FROM assessments WHERE topic = ? ORDER "
                            "BY id DESC LIMIT ?"};
  std::priority_queue<std::int64_t, std::vector<std::int64_t>, std::greater<>>
    best;
  for (auto topic : topics_of(db, query)) {
    rows.start(topic, limit);
    while (rows.next()) {
      auto id = rows.integer(0);
      if (best.size() == limit) {
        if (id < best.top())
          break;
        best.pop();
      }
      best.push(id);
    }
  }
  for (; !best.empty(); best.pop())
    out.push_back(best.top());
  std::reverse(out.begin(), out.end());
  return out;
}

class file_reader final : public journal_reader {
public:
  explicit file_reader(std::string path) : path_(std::move(path)) {
    // nop
  }

  std::variant<std::vector<core::past_assessment>, journal_error>
  history(const core::history_query& query) override {
    try {
      if (!db_)
        db_.emplace(path_, true);
      return find_assessments(*db_, query);
    } catch (const std::exception& x) {
      db_.reset(); // another file may be there next time
      return journal_error{journal_error::kind::unavailable,
                           "journal " + path_ + ": " + x.what()};
    }
  }

private:
  std::string path_;
  std::optional<sqlite_database> db_;
};

} // namespace

std::vector<core::past_assessment>
find_assessments(sqlite_database& db, const core::history_query& query) {
  auto limit = std::clamp<std::uint64_t>(query.limit, 1, core::max_history);
  // One snapshot, though rows come and go meanwhile.
  db.execute("BEGIN");
  std::vector<core::past_assessment> out;
  try {
    sqlite_statement row{db, whole_row};
    for (auto id : newest_ids(db, query, limit)) {
      row.start(id);
      if (row.next())
        if (auto x = read(row))
          out.push_back(std::move(*x));
    }
  } catch (...) {
    db.execute("ROLLBACK");
    throw;
  }
  db.execute("ROLLBACK");
  return out;
}

std::unique_ptr<journal_reader> make_journal_reader(std::string path) {
  return std::make_unique<file_reader>(std::move(path));
}

} // namespace riskbreaker::transport
