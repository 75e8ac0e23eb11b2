#include "actors/journal.hpp"
#include "tests/support/fake_journal.hpp"
#include "tests/support/system_fixture.hpp"

using namespace riskbreaker;
using namespace riskbreaker::tests;
using namespace std::chrono_literals;

// What the actors tell the journal, and what they make of what comes back.

namespace {

struct disk_holder {
  fake_disk disk;
};

struct fixture : disk_holder, system_fixture {
  fixture() {
    journal.board = std::make_shared<actors::journal_board>("j.db");
    actors::journal_config journaling;
    journaling.board = journal.board;
    journaling.now = [this] {
      return wall();
    };
    journaling.file = std::make_shared<fake_journal>(disk);
    journal.to = own(sys.spawn(actors::journal, std::move(journaling)));
  }

  const core::breaker_memory* breaker() const {
    for (auto i = disk.written.rbegin(); i != disk.written.rend(); ++i)
      if (auto x = i->breakers.find("ichimoku"); x != i->breakers.end())
        return &x->second;
    return nullptr;
  }

  messages::breaker_reply command(messages::breaker_command::action what) {
    auto got = ask<messages::breaker_reply>(
      *this, supervisor, messages::breaker_command{"ichimoku", what});
    REQUIRE(got);
    return *got;
  }

  /// Lets the time pass in which windows go to the disk.
  void save_windows() {
    advance(250ms);
    advance(50ms);
  }

  std::size_t journaled_calls() const {
    std::size_t out = 0;
    for (const auto& x : disk.written)
      out += x.calls.size();
    return out;
  }
};

} // namespace

TEST_CASE_METHOD(fixture, "restart: a forced state is kept at once",
                 "[restart]") {
  start();
  advance(50ms);
  REQUIRE(breaker()); // as it stood at the start
  CHECK(breaker()->state == core::breaker_state::closed);
  command(messages::breaker_command::action::force_open);
  advance(50ms);
  CHECK(breaker()->state == core::breaker_state::forced_open);
}

TEST_CASE_METHOD(fixture,
                 "restart: an open breaker is kept with its retry time",
                 "[restart]") {
  strategy.breaker.failure_threshold = 1;
  start();
  llm->script = {http(500, "")};
  push({candle()});
  advance(100ms);
  REQUIRE(breaker());
  CHECK(breaker()->state == core::breaker_state::open);
  CHECK(breaker()->consecutive_failures == 1);
  CHECK(breaker()->retry_at == transitions.at(0).now.retry_at);
  CHECK(journaled_calls() == 1);
}

TEST_CASE_METHOD(fixture, "restart: successes move nothing, and write nothing",
                 "[restart]") {
  start();
  advance(100ms);
  auto before = disk.written.size();
  llm->script.assign(3, answer());
  for (int i = 0; i < 3; ++i) {
    next_candle();
    advance(100ms);
  }
  CHECK(journaled_calls() == 3);
  for (auto i = before; i < disk.written.size(); ++i)
    CHECK(disk.written[i].breakers.empty());
}

TEST_CASE_METHOD(fixture, "restart: a breaker comes back open, and says so",
                 "[restart]") {
  remembered["ichimoku"]
    = {core::breaker_state::open, 3, 300s, wall() + 100s, 2};
  remembered["gone"] = {core::breaker_state::forced_open, 0, 0s, {}, 0};
  start();
  auto listing
    = ask<messages::strategy_listing>(*this, supervisor, atom::query_v);
  REQUIRE(listing);
  REQUIRE(listing->strategies.size() == 1); // no longer configured: ignored
  const auto& now = listing->strategies[0].breaker;
  CHECK(now.state == core::breaker_state::open);
  CHECK(now.retry_at == wall() + 100s);
  CHECK(now.consecutive_failures == 3);
  push({candle()});
  REQUIRE(finals.size() == 1);
  CHECK(finals[0].cause == core::cause::breaker_open);
}

TEST_CASE_METHOD(fixture,
                 "restart: a breaker that comes back open probes in time, "
                 "though nothing asks",
                 "[restart]") {
  remembered["ichimoku"]
    = {core::breaker_state::open, 3, 300s, wall() + 100s, 2};
  start();
  advance(100s);
  REQUIRE(transitions.size() == 1);
  CHECK(transitions[0].change.to == core::breaker_state::half_open);
}

TEST_CASE_METHOD(fixture,
                 "restart: candles are told now and then, not one by one",
                 "[restart]") {
  start();
  advance(100ms);
  for (int age = 20; age >= 0; --age)
    push({candle(age)});
  CHECK(disk.candles() == 0);
  save_windows();
  CHECK(disk.candles() == 21);
  next_candle();
  save_windows();
  CHECK(disk.candles() == 22);
  advance(10s);
  CHECK(disk.candles() == 22);
}

TEST_CASE_METHOD(fixture,
                 "restart: windows that could not be written are written whole "
                 "once it works",
                 "[restart]") {
  start();
  advance(100ms);
  for (int age = 20; age >= 0; --age)
    push({candle(age)});
  save_windows();
  CHECK(disk.candles() == 21);
  disk.failure = {transport::journal_error::kind::unavailable, "full"};
  next_candle();
  save_windows();
  disk.failure.reset();
  advance(5s);
  advance(50ms);
  CHECK(disk.candles() == 21 + 22);
}

TEST_CASE_METHOD(fixture, "restart: at a shutdown everything is told at once",
                 "[restart]") {
  start();
  advance(100ms);
  push({candle(1), candle(0, "ETH/USDT")});
  auto told = ask<std::uint64_t>(*this, ingest, atom::shutdown_v);
  REQUIRE(told);
  CHECK(*told == 2);
  advance(50ms);
  CHECK(disk.candles() == 2);
}

TEST_CASE_METHOD(fixture,
                 "restart: large windows are written in pieces, each safe by "
                 "itself",
                 "[restart]") {
  start();
  advance(100ms);
  std::vector<std::string> all;
  for (int pair = 0; pair < 50; ++pair)
    for (int age = 499; age >= 0; --age)
      all.push_back(candle(age, "P" + std::to_string(pair)));
  push(all);
  auto before = disk.written.size();
  REQUIRE(ask<std::uint64_t>(*this, ingest, atom::shutdown_v));
  CHECK(disk.written.size() == before + 1); // 40 windows, at once
  CHECK(disk.candles() == 20'000);
  advance(50ms);
  CHECK(disk.candles() == 25'000);
}

TEST_CASE_METHOD(fixture,
                 "restart: a candle that was seen before it asks for nothing",
                 "[restart]") {
  core::series before{*core::timeframe::parse("5m")};
  auto time = wall_start - 5min;
  before.add({time - 5min, 100, 100, 100, 100, 1});
  before.add({time, 100, 100, 100, 100, 1});
  restored = std::make_shared<std::vector<transport::restored_series>>();
  restored->push_back(
    {{"BTC/USDT", *core::timeframe::parse("5m")}, std::move(before)});
  start();
  push({candle()});
  CHECK(finals.empty());
  CHECK(ask<messages::ingest_report>(*this, ingest, atom::query_v)
          ->counts.duplicates
        == 1);
  next_candle();
  CHECK(finals.size() + provisionals.size() > 0);
  auto listing = ask<messages::series_listing>(*this, ingest, atom::series_v);
  REQUIRE(listing);
  REQUIRE(listing->series.size() == 1);
  CHECK(listing->series[0].candles == 3);
  CHECK(listing->series[0].strategies == std::vector<std::string>{"ichimoku"});
}

TEST_CASE("restart: a day's budget goes on, and what is spent is told",
          "[restart]") {
  core::endpoint endpoint;
  endpoint.name = "e";
  endpoint.limits.calls_per_day = 10;
  auto wall = core::unix_ms{core::milliseconds{1'700'000'100'000}};
  auto day = std::chrono::floor<std::chrono::days>(wall);
  std::vector<core::budget_memory> told;
  actors::endpoint_memory memory{
    {{"e", {day, 8, 1.5}}},
    [&](const std::string& name, const core::budget_memory& x) {
      CHECK(name == "e");
      told.push_back(x);
    }};
  core::steady_time now{};
  CHECK_FALSE(memory.spend_request(endpoint, now, wall));
  CHECK_FALSE(memory.spend_request(endpoint, now, wall));
  CHECK(memory.spend_request(endpoint, now, wall)
        == core::cause::budget_exhausted);
  memory.spend_tokens(endpoint, 5, 0.25, now, wall);
  REQUIRE(told.size() == 3);
  CHECK(told[1] == core::budget_memory{day, 10, 1.5});
  CHECK(told[2] == core::budget_memory{day, 10, 1.75});
  CHECK_FALSE(memory.spend_request(endpoint, now, wall + 24h)); // a new day
}
