#include "transport/journal_rows.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace riskbreaker::transport {

namespace {

std::uint32_t small(std::int64_t x) noexcept {
  return x < 0 || x > std::numeric_limits<std::uint32_t>::max()
           ? 0
           : static_cast<std::uint32_t>(x);
}

std::uint64_t natural(std::int64_t x) noexcept {
  return x < 0 ? 0 : static_cast<std::uint64_t>(x);
}

void load_breakers(sqlite_database& db, journal_memory& out) {
  sqlite_statement rows{
    db, "SELECT strategy, state, consecutive_failures, open_for_ms, retry_at, "
        "reopenings FROM breakers"};
  rows.start();
  while (rows.next()) {
    auto state = core::breaker_state_from(rows.text(1));
    if (!state)
      continue;
    core::breaker_memory x;
    x.state = *state;
    x.consecutive_failures = small(rows.integer(2));
    x.open_for = core::milliseconds{rows.integer(3)};
    if (!rows.is_null(4))
      x.retry_at = rows.time(4);
    x.reopenings = small(rows.integer(5));
    out.breakers.emplace(rows.text(0), x);
  }
}

void load_budgets(sqlite_database& db, journal_memory& out) {
  sqlite_statement rows{db, "SELECT endpoint, day, calls, usd FROM budgets"};
  rows.start();
  while (rows.next())
    out.budgets.emplace(
      rows.text(0), core::budget_memory{rows.time(1), natural(rows.integer(2)),
                                        rows.real(3)});
}

core::wilder_memory wilder_of(const sqlite_statement& row, int first) {
  core::wilder_memory out;
  for (auto* x : {&out.gain, &out.loss, &out.range, &out.plus, &out.minus,
                  &out.index, &out.high, &out.low, &out.close})
    *x = row.real(first++);
  out.count = natural(row.integer(first));
  return out;
}

void load_candles(sqlite_statement& rows, std::int64_t series,
                  std::vector<core::kept_candle>& out) {
  out.clear();
  rows.start(series);
  while (rows.next())
    out.push_back({{rows.time(0), rows.real(1), rows.real(2), rows.real(3),
                    rows.real(4), rows.real(5)},
                   rows.integer(6) != 0});
}

/// Pairs come and go. One that is pushed no more would count against
/// `limits.max_series` for ever; of a monthly one, nothing comes for a month.
bool outlived(const journal_limits& limits, core::timeframe frame,
              core::unix_ms saved_at) {
  if (!limits.keep)
    return false;
  auto fillable = static_cast<std::int64_t>(limits.series.max_gap_fill) + 1;
  return limits.now - saved_at
         > std::max(*limits.keep, fillable * frame.length());
}

} // namespace

journal_memory load_memory(sqlite_database& db, const journal_limits& limits) {
  journal_memory out;
  load_breakers(db, out);
  load_budgets(db, out);
  sqlite_statement series{
    db, "SELECT id, pair, timeframe, saved_at, filled_total, gain, loss, "
        "range, plus, minus, dx, high, low, close, count FROM series WHERE "
        "saved_at > 0 ORDER BY saved_at DESC, id"};
  sqlite_statement candles{
    db, "SELECT time, open, high, low, close, volume, filled FROM candles "
        "WHERE series = ? ORDER BY time"};
  core::series_memory memory;
  std::vector<std::int64_t> useless;
  series.start();
  while (series.next()) {
    if (out.series.size() == limits.max_series) {
      ++out.left_out;
      continue;
    }
    std::optional<core::series> restored;
    auto frame = core::timeframe::parse(series.text(2));
    if (frame && !outlived(limits, *frame, series.time(3))) {
      load_candles(candles, series.integer(0), memory.candles);
      memory.filled_total = natural(series.integer(4));
      memory.before = wilder_of(series, 5);
      restored = core::series::restore(*frame, limits.series, memory);
    }
    if (restored) {
      out.series.push_back({{series.text(1), *frame}, std::move(*restored)});
    } else {
      useless.push_back(series.integer(0));
      ++out.left_out;
    }
  }
  series.reset();
  sqlite_statement give_up{db, "UPDATE series SET saved_at = 0 WHERE id = ?"};
  for (auto id : useless)
    give_up.run(id);
  return out;
}

} // namespace riskbreaker::transport
