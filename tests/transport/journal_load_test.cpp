#include "tests/core/market/walks.hpp"
#include "tests/transport/journal_support.hpp"

using namespace riskbreaker;
using namespace riskbreaker::tests;
using transport::journal_batch;

namespace {

const auto five = *core::timeframe::parse("5m");

struct series_fixture : journal_fixture {
  series_fixture() {
    open();
  }

  void save(core::series& x, const std::string& pair, core::unix_ms when,
            core::timeframe frame = five) {
    core::series_delta delta;
    delta.key
      = std::make_shared<const core::series_key>(core::series_key{pair, frame});
    delta.changes = x.take_changes().value();
    journal_batch batch;
    batch.series.push_back(
      std::make_shared<const std::vector<core::series_delta>>(
        1, std::move(delta)));
    batch.at = when;
    write(batch);
  }

  std::vector<std::string> pairs() {
    std::vector<std::string> out;
    for (const auto& x : load().series)
      out.push_back(x.key.pair);
    return out;
  }
};

} // namespace

TEST_CASE_METHOD(series_fixture, "journal: breakers and budgets come back",
                 "[journal]") {
  core::breaker_memory open{core::breaker_state::open, 3,
                            core::milliseconds{450'000}, at(77), 1};
  core::breaker_memory forced;
  forced.state = core::breaker_state::forced_open;
  core::budget_memory spent{at(0), 17, 0.1 + 0.2};
  write({.breakers = {{"a", open}, {"b", {}}}, .budgets = {{"e", spent}}});
  write({.breakers = {{"b", forced}}});
  journal.reset();
  this->open();
  auto memory = load();
  CHECK(memory.breakers.at("a") == open);
  CHECK(memory.breakers.at("b") == forced);
  CHECK(memory.budgets.at("e") == spent);
}

TEST_CASE_METHOD(series_fixture,
                 "journal: a series comes back to the same bits after every "
                 "kind of change",
                 "[journal]") {
  core::series x{five, limits.series};
  auto bars = random_walk(1'200);
  for (std::size_t i = 0; i < bars.size(); ++i) {
    if (i % 100 == 30)
      continue; // filled
    x.add(bars[i]);
    if (i % 250 == 249) {
      auto other = bars[i - 10];
      other.close = other.low;
      x.add(other);
    }
    if (i % 40 != 0)
      continue;
    save(x, "币安人生/USDT:USDT", at(1));
    if (i % 200 != 0)
      continue;
    auto memory = load();
    REQUIRE(memory.series.size() == 1);
    CHECK(memory.series[0].key.pair == "币安人生/USDT:USDT");
    REQUIRE(same(memory.series[0].candles.view(), x.view()));
    REQUIRE(memory.series[0].candles.newest(1'000) == x.newest(1'000));
    CHECK(memory.series[0].candles.filled_total() == x.filled_total());
  }
  CHECK(number("SELECT count(*) FROM candles") == 500); // trimmed with it
  CHECK(number("SELECT count(*) FROM series") == 1);
}

TEST_CASE_METHOD(
  series_fixture,
  "journal: over the limit, the series that moved last come back",
  "[journal]") {
  for (int i = 0; i < 5; ++i) {
    core::series x{five};
    x.add(random_walk(1)[0]);
    save(x, "P" + std::to_string(i), at(i == 1 ? 100 : i));
  }
  limits.max_series = 3;
  CHECK(pairs() == std::vector<std::string>{"P1", "P4", "P3"});
  CHECK(load().left_out == 2);
  limits.max_series = 10;
  CHECK(pairs().size() == 5); // the others are still there
}

TEST_CASE_METHOD(series_fixture,
                 "journal: a pair that is pushed no more is forgotten in time",
                 "[journal]") {
  auto month = *core::timeframe::parse("1M");
  core::series minutes{five};
  core::series months{month};
  core::series fresh{five};
  minutes.add(random_walk(1)[0]);
  months.add(random_walk(1, 1, 100, month)[0]);
  fresh.add(random_walk(1)[0]);
  save(minutes, "OLD", at(1));
  save(months, "MONTHLY", at(1), month); // not late: the next is yet to come
  auto day = std::chrono::hours{24};
  limits.keep = 30 * day;
  limits.now = at(1) + 30 * day;
  CHECK(pairs().size() == 2); // to the millisecond
  save(fresh, "NEW", at(1) + 30 * day);
  limits.now += core::milliseconds{1};
  CHECK(pairs() == std::vector<std::string>{"NEW", "MONTHLY"});
  CHECK_FALSE(std::get<bool>(journal->prune(at(0))));
  CHECK(number("SELECT count(*) FROM candles") == 2);
  CHECK(number("SELECT count(*) FROM series") == 2);
}

TEST_CASE_METHOD(series_fixture,
                 "journal: a series that was given up and moves again stays",
                 "[journal]") {
  core::series x{five};
  x.add(random_walk(1)[0]);
  save(x, "P", at(1));
  limits.keep = std::chrono::hours{24};
  limits.now = at(1) + std::chrono::hours{100};
  CHECK(pairs().empty());
  core::series anew{five};
  for (const auto& bar : random_walk(3))
    anew.add(bar);
  save(anew, "P", limits.now);
  CHECK_FALSE(std::get<bool>(journal->prune(at(0))));
  CHECK(pairs() == std::vector<std::string>{"P"});
  CHECK(number("SELECT count(*) FROM candles") == 3);
}

TEST_CASE_METHOD(
  series_fixture,
  "journal: rows that make no sense are left out, the rest comes",
  "[journal]") {
  core::series x{five};
  for (const auto& bar : random_walk(5))
    x.add(bar);
  save(x, "GOOD", at(1));
  x.changes_lost();
  save(x, "BAD", at(2));
  write({.breakers = {{"a", {}}, {"b", {}}}});
  journal.reset();
  transport::sqlite_database{file.path, false}.execute(
    "UPDATE breakers SET state = 'ajar' WHERE strategy = 'a';"
    "UPDATE candles SET low = -1 WHERE series = 2 AND time % 600000 = 0");
  open();
  auto memory = load();
  CHECK(memory.breakers.size() == 1);
  REQUIRE(memory.series.size() == 1);
  CHECK(memory.series[0].key.pair == "GOOD");
  CHECK(memory.left_out == 1);
}
