#include "tests/support/system_fixture.hpp"

using namespace riskbreaker;
using namespace riskbreaker::tests;
using namespace std::chrono_literals;
using core::refusal_reason;

namespace {

/// Like the daemon with its LLM switched off: every answer is there at once.
struct fixture : system_fixture {
  fixture() {
    strategy.endpoints.clear();
    start();
  }

  core::ingest_counts counts() {
    auto got = ask<messages::ingest_report>(*this, ingest, atom::query_v);
    REQUIRE(got);
    return got->counts;
  }
};

std::string changed(std::string text, const std::string& from,
                    const std::string& to) {
  return text.replace(text.find(from), from.size(), to);
}

} // namespace

// https://github.com/freqtrade/freqtrade/issues/6709
TEST_CASE_METHOD(fixture, "ingest: a candle sent three times asks once",
                 "[ingest]") {
  push({candle(), candle()});
  push({candle()});
  CHECK(finals.size() == 1);
  CHECK(counts().accepted == 1);
  CHECK(counts().duplicates == 2);
}

TEST_CASE_METHOD(fixture, "ingest: of a message only the newest candle asks",
                 "[ingest]") {
  push({"[" + candle(2) + "," + candle(1) + "," + candle(0) + ","
        + candle(1, "ETH/USDT") + "]"});
  REQUIRE(finals.size() == 2);
  CHECK(finals[0].candle_time == wall_start - 5min);
  CHECK(finals[1].series->pair == "ETH/USDT");
}

TEST_CASE_METHOD(fixture,
                 "ingest: a revision and a late candle ask for nothing",
                 "[ingest]") {
  push({candle(3)});
  push({candle(0)}); // fills two
  CHECK(counts().filled == 2);
  push({candle(1, "BTC/USDT", 101)});
  push({candle(0, "BTC/USDT", 102)});
  CHECK(finals.size() == 2);
  CHECK(counts().late == 1);
  CHECK(counts().revisions == 1);
}

// https://github.com/freqtrade/freqtrade/issues/4846
TEST_CASE_METHOD(fixture, "ingest: the same hole on thirty pairs is counted",
                 "[ingest]") {
  for (int age : {5, 0})
    for (int i = 0; i < 30; ++i)
      push({candle(age, "P" + std::to_string(i) + "/USDT")});
  CHECK(counts().filled == 30 * 4);
  CHECK(counts().restarts == 0);
  CHECK(refusals.empty());
}

// https://github.com/hummingbot/hummingbot/issues/7529
TEST_CASE_METHOD(fixture,
                 "ingest: a forming candle asks only once it is closed",
                 "[ingest]") {
  auto forming = changed(candle(-1), "}", R"(,"closed":false})");
  push({forming});
  CHECK(finals.empty());
  CHECK(counts().forming == 1);
  advance(5min);
  push({candle(0, "BTC/USDT", 105)});
  REQUIRE(finals.size() == 1);
}

TEST_CASE_METHOD(fixture, "ingest: history never asks", "[ingest]") {
  auto t = (wall_start - 5min).time_since_epoch().count();
  push({R"({"pair":"A/B","timeframe":"5m","candles":[[)" + std::to_string(t)
        + R"(,1,1,1,1,1]],"history":true})"});
  CHECK(finals.empty());
  CHECK(counts().accepted == 1);
}

// https://github.com/freqtrade/freqtrade/issues/11139
TEST_CASE_METHOD(fixture, "ingest: what is wrong is refused alone, and said",
                 "[ingest]") {
  push({"[" + changed(candle(), R"("low":100.0)", R"("low":101)") + ","
          + candle(0, "OK/USDT") + "]",
        "rubbish", candle(-1, "FUTURE/USDT"),
        changed(candle(), R"("5m")", R"("1H")"),
        changed(candle(), R"("close":100.000000)", R"("close":null)")});
  CHECK(finals.size() == 1);
  REQUIRE(refusals.size() == 5);
  CHECK(refusals[0].what.reason == refusal_reason::bad_range);
  CHECK(refusals[1].what.reason == refusal_reason::malformed);
  CHECK(refusals[1].excerpt == "rubbish");
  CHECK(refusals[2].what.reason == refusal_reason::not_closed);
  CHECK(refusals[3].what.reason == refusal_reason::bad_timeframe);
  CHECK(refusals[3].what.detail.find("1M") != std::string::npos);
  CHECK(refusals[4].what.reason == refusal_reason::not_a_number);
  CHECK(counts().refused == 5);
}

TEST_CASE_METHOD(fixture,
                 "ingest: past a hundred refusals a second one summary stands "
                 "for the rest",
                 "[ingest]") {
  push(std::vector<std::string>(150, "rubbish"));
  CHECK(refusals.size() == 100);
  advance(1s);
  REQUIRE(refusals.size() == 101);
  CHECK(refusals.back().count == 50);
  CHECK(refusals.back().what.reason == refusal_reason::malformed);
  advance(10s);
  CHECK(refusals.size() == 101);
}

// https://github.com/freqtrade/freqtrade/issues/12868
TEST_CASE_METHOD(fixture, "ingest: pairs are taken byte by byte", "[ingest]") {
  push({candle(0, "币安人生/USDT:USDT"), candle(0, "1000SHIB/USDT:USDT"),
        candle(0, "BTC-PERP"), candle(0, "btc-perp")});
  REQUIRE(finals.size() == 4);
  CHECK(finals[0].series->pair == "币安人生/USDT:USDT");
}

// https://github.com/freqtrade/freqtrade/issues/9292
TEST_CASE_METHOD(fixture, "ingest: a cold series is not trusted", "[ingest]") {
  push({candle()});
  REQUIRE(finals.size() == 1);
  CHECK(finals[0].confidence == 0);
  CHECK(finals[0].score == 50);
  CHECK(finals[0].verdict == core::verdict::block);
}

TEST_CASE_METHOD(system_fixture,
                 "ingest: unknown pairs cannot grow it for ever", "[ingest]") {
  max_series = 2;
  strategy.endpoints.clear();
  start();
  push(
    {candle(0, "A/B"), candle(0, "C/D"), candle(0, "E/F"), candle(1, "A/B")});
  CHECK(finals.size() == 2);
  REQUIRE(refusals.size() == 2);
  CHECK(refusals[0].what.reason == refusal_reason::too_many_series);
  CHECK(refusals[1].what.reason == refusal_reason::too_old);
}

TEST_CASE_METHOD(system_fixture,
                 "ingest: the longest idle series makes room for a new one",
                 "[ingest]") {
  max_series = 2;
  strategy.endpoints.clear();
  start();
  push({candle(0, "A/B"), candle(0, "C/D")});
  advance(5min);
  push({candle(0, "C/D")});

  advance(5min - 1ms); // A/B's last came ten minutes ago, but for a moment
  push({candle(0, "E/F")});
  CHECK(refusals.size() == 1);
  CHECK(ended.empty());

  advance(1ms);
  push({candle(0, "E/F")});
  CHECK(refusals.size() == 1);
  REQUIRE(ended.size() == 1);
  CHECK(ended[0].series->pair == "A/B");
  REQUIRE(ended[0].watchers.size() == 1);
  CHECK(finals.back().series->pair == "E/F");
  auto got = ask<messages::ingest_report>(*this, ingest, atom::query_v);
  REQUIRE(got);
  CHECK(got->series == 2);
  CHECK(got->counts.dropped_series == 1);

  push({candle(0, "A/B")}); // C/D and E/F are in use
  CHECK(refusals.size() == 2);
  CHECK(refusals.back().what.reason == refusal_reason::too_many_series);
}

TEST_CASE_METHOD(system_fixture,
                 "ingest: a forming candle is a sign of life too", "[ingest]") {
  max_series = 1;
  strategy.endpoints.clear();
  start();
  push({candle(0, "A/B")});
  advance(10min);
  push({changed(candle(0, "A/B"), "}", R"(,"closed":false})")});
  push({candle(0, "C/D")});
  CHECK(ended.empty());
  CHECK(refusals.size() == 1);
}

TEST_CASE_METHOD(system_fixture,
                 "ingest: a series whose candles are in the message at hand is "
                 "never dropped for another",
                 "[ingest]") {
  max_series = 1;
  strategy.endpoints.clear();
  start();
  push({candle(0, "A/B")});
  advance(10min);
  push({"[" + candle(0, "A/B") + "," + candle(0, "C/D") + "]"});
  CHECK(finals.size() == 2);
  CHECK(finals.back().series->pair == "A/B");
  CHECK(ended.empty());
}

TEST_CASE_METHOD(fixture,
                 "ingest: a lease comes back when the last answer is out, "
                 "whatever the batch held",
                 "[ingest]") {
  int released = 0;
  auto lease = [&] {
    return messages::lease(&released, [](int* x) { ++*x; });
  };
  push({candle()}, lease());
  CHECK(released == 1);
  push({"rubbish"}, lease());
  CHECK(released == 2);
  push({candle()}, lease()); // a duplicate
  CHECK(released == 3);
}

TEST_CASE_METHOD(fixture, "ingest: a reload changes who watches", "[ingest]") {
  strategy.pairs = {"ETH/*"};
  caf::anon_send(ingest, messages::strategies_changed{table()});
  settle();
  push({candle(0, "BTC/USDT"), candle(0, "ETH/USDT")});
  REQUIRE(finals.size() == 1);
  CHECK(finals[0].series->pair == "ETH/USDT");
  auto series = ask<messages::series_listing>(*this, ingest, atom::series_v);
  REQUIRE(series);
  REQUIRE(series->series.size() == 2);
  CHECK(series->series[0].key.pair == "BTC/USDT");
  CHECK(series->series[0].strategies.empty());
}
