#include "transport/journal_writer.hpp"

#include "core/call_verdict.hpp"
#include "transport/json_payloads.hpp"

#include <tuple>

namespace riskbreaker::transport {

namespace {

constexpr const char* outcome_success = "success";

template <class E>
std::optional<const char*> name_of(const std::optional<E>& x) {
  return x ? std::optional{to_string(*x)} : std::nullopt;
}

/// A member of what may not be there.
template <class T>
std::optional<T> of(const core::llm_report* x, T core::llm_report::*member) {
  return x ? std::optional{x->*member} : std::nullopt;
}

std::optional<std::string_view> text_of(const core::llm_report* x,
                                        std::string core::llm_report::*member) {
  return x ? std::optional<std::string_view>{x->*member} : std::nullopt;
}

std::optional<std::int64_t> latency_of(const core::llm_report* x) {
  return x ? std::optional<std::int64_t>{x->latency.count()} : std::nullopt;
}

/// What both tables say of the LLM, in the order of their columns; all null
/// where it was not asked.
auto llm_columns(const core::llm_report* x) {
  return std::tuple{text_of(x, &core::llm_report::endpoint),
                    text_of(x, &core::llm_report::model),
                    latency_of(x),
                    of(x, &core::llm_report::attempts),
                    of(x, &core::llm_report::prompt_tokens),
                    of(x, &core::llm_report::completion_tokens),
                    of(x, &core::llm_report::tokens_estimated),
                    of(x, &core::llm_report::cost_usd)};
}

} // namespace

journal_writer::journal_writer(sqlite_database& db)
  : db_(db),
    assessment_(db, "INSERT INTO assessments VALUES (NULL, ?,?,?,?, ?,?,?,?, "
                    "?,?,?,?,?, ?,?, ?,?,?, ?,?,?, ?,?,?, ?,?,?, ?, "
                    "?,?,?,?,?,?,?,?)"),
    transition_(db, "INSERT INTO transitions VALUES (NULL, ?,?,?,?,?,?,?)"),
    call_(db, "INSERT INTO llm_calls VALUES (NULL, ?,?,?,?,?, ?,?,?,?,?,?,?,"
              "?)"),
    refusal_(db, "INSERT INTO refused VALUES (NULL, ?,?,?,?,?)"),
    breaker_(db, "REPLACE INTO breakers VALUES (?,?,?,?,?,?,?)"),
    budget_(db, "REPLACE INTO budgets VALUES (?,?,?,?)"),
    find_topic_(db, "SELECT id FROM topics WHERE strategy = ? AND pair = ? AND "
                    "timeframe = ?"),
    add_topic_(db, "INSERT INTO topics VALUES (NULL, ?,?,?)"),
    find_series_(db, "SELECT id FROM series WHERE pair = ? AND timeframe = ?"),
    add_series_(db, "INSERT INTO series VALUES (NULL, ?,?, ?,?, ?,?,?,?,?,?, "
                    "?,?,?,?)"),
    update_series_(db, "UPDATE series SET saved_at = ?, filled_total = ?, "
                       "gain = ?, loss = ?, range = ?, plus = ?, minus = ?, "
                       "dx = ?, high = ?, low = ?, close = ?, count = ? "
                       "WHERE id = ?"),
    drop_candles_(db, "DELETE FROM candles WHERE series = ? AND (time < ? OR "
                      "time >= ?)"),
    candle_(db, "INSERT INTO candles VALUES (?,?,?,?,?,?,?,?)") {
  // nop
}

void journal_writer::forget() {
  topics_.clear();
  series_.clear();
}

std::int64_t journal_writer::topic_of(const core::assessment& x) {
  // Names hold no line breaks, so no two topics share a key.
  scratch_.assign(x.strategy->name).append(1, '\n');
  scratch_.append(x.series->pair).append(1, '\n');
  scratch_.append(x.series->frame.name());
  if (auto i = topics_.find(scratch_); i != topics_.end())
    return i->second;
  auto frame = x.series->frame.name();
  find_topic_.start(x.strategy->name, x.series->pair, frame);
  std::int64_t id = 0;
  if (find_topic_.next()) {
    id = find_topic_.integer(0);
  } else {
    add_topic_.run(x.strategy->name, x.series->pair, frame);
    id = db_.last_id();
  }
  find_topic_.reset();
  topics_.emplace(scratch_, id);
  return id;
}

void journal_writer::put(const journal_answer& x, std::int64_t boot) {
  const auto& a = *x.what;
  auto topic = topic_of(a);
  json_writer reasons;
  write_reasons(reasons, a);
  auto reasons_text = reasons.take();
  const auto& f = a.fallback.factors;
  unsigned available = 0;
  for (std::size_t i = 0; i < f.size(); ++i)
    available |= f[i].available ? 1u << i : 0u;
  std::apply(
    [&](const auto&... columns) {
      assessment_.run(
        boot, topic, x.seq, a.id, a.candle_time, a.requested_at, a.issued_at,
        a.valid_until, a.score, a.confidence, to_string(a.verdict),
        to_string(a.source), name_of(a.cause), to_string(a.breaker),
        reasons_text, f[0].value, f[0].points, f[0].weight, f[1].value,
        f[1].points, f[1].weight, f[2].value, f[2].points, f[2].weight,
        f[3].value, f[3].points, f[3].weight, available, columns...);
    },
    llm_columns(a.llm.get()));
}

void journal_writer::put(const breaker_report& x) {
  transition_.run(x.strategy, to_string(x.change.from), to_string(x.change.to),
                  x.at, core::cause_text(x.change),
                  x.change.consecutive_failures, x.retry_at);
}

void journal_writer::put(const journal_call& x) {
  std::apply(
    [&](const auto&... columns) {
      call_.run(x.strategy, x.ended_at,
                x.why ? core::to_string(*x.why) : outcome_success,
                core::to_string(x.verdict), x.requests, columns...);
    },
    llm_columns(x.report.get()));
}

void journal_writer::put(const journal_refusal& x) {
  refusal_.run(x.at, core::to_string(x.what.what.reason), x.what.what.detail,
               x.what.excerpt, x.what.count);
}

void journal_writer::put(const std::string& strategy,
                         const core::breaker_memory& x, core::unix_ms at) {
  breaker_.run(strategy, to_string(x.state), x.consecutive_failures,
               x.open_for.count(), x.retry_at, x.reopenings, at);
}

void journal_writer::put(const std::string& endpoint,
                         const core::budget_memory& x) {
  budget_.run(endpoint, x.day, x.calls, x.usd);
}

std::int64_t journal_writer::series_of(const core::series_delta& x,
                                       core::unix_ms at) {
  auto frame = x.key->frame.name();
  const auto& w = x.changes.before;
  scratch_.assign(x.key->pair).append(1, '\n').append(frame);
  auto i = series_.find(scratch_);
  if (i == series_.end()) {
    find_series_.start(x.key->pair, frame);
    auto known = find_series_.next();
    auto id = known ? find_series_.integer(0) : 0;
    find_series_.reset();
    if (!known) {
      add_series_.run(x.key->pair, frame, at, x.changes.filled_total, w.gain,
                      w.loss, w.range, w.plus, w.minus, w.index, w.high, w.low,
                      w.close, w.count);
      id = db_.last_id();
    }
    i = series_.emplace(scratch_, id).first;
    if (!known)
      return id;
  }
  update_series_.run(at, x.changes.filled_total, w.gain, w.loss, w.range,
                     w.plus, w.minus, w.index, w.high, w.low, w.close, w.count,
                     i->second);
  return i->second;
}

void journal_writer::put(const core::series_delta& x, core::unix_ms at) {
  auto id = series_of(x, at);
  drop_candles_.run(id, x.changes.oldest, x.changes.from);
  for (const auto& kept : x.changes.candles) {
    const auto& bar = kept.bar;
    candle_.run(id, bar.time, bar.open, bar.high, bar.low, bar.close,
                bar.volume, kept.filled);
  }
}

} // namespace riskbreaker::transport
