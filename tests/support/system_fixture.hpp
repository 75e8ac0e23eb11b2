#pragma once

#include "actors/breaker_supervisor.hpp"
#include "actors/candle_ingest.hpp"
#include "actors/fallback_scorer.hpp"
#include "actors/llm_caller.hpp"
#include "actors/stats.hpp"
#include "tests/support/actor_fixture.hpp"
#include "tests/support/scripted_http.hpp"
#include "transport/json_parser.hpp"
#include "transport/reactor.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace riskbreaker::tests {

/// What the system did, as the publisher was told; a base of the fixture, so
/// that it outlives the actors that write to it.
struct observed {
  std::vector<core::assessment> finals;
  std::vector<core::assessment> provisionals;
  std::vector<messages::breaker_changed> transitions;
  std::vector<messages::stats_report> reports;
  std::vector<messages::refused_candle> refusals;
  std::vector<core::config_report> configs;
  std::vector<messages::series_ended> ended;
  std::shared_ptr<actors::fault_ledger> faults
    = std::make_shared<actors::fault_ledger>();
  /// The supervisor's clock fails when it is read for the so-many-th time.
  int clock_fails_in = 0;
  std::shared_ptr<scripted_http> llm = std::make_shared<scripted_http>();
  core::json_parser parse = transport::parse_json;
};

/// All actors but the publisher, wired as in the daemon, on simulated time.
struct system_fixture : observed, actor_fixture {
  system_fixture() {
    strategy.name = "ichimoku";
    strategy.pairs = {"*"};
    strategy.timeframes = {*core::timeframe::parse("5m")};
    strategy.endpoints = {"sim"};
    endpoint.name = "sim";
    endpoint.url = "http://127.0.0.1:1/v1";
    endpoint.model = "m-0";
    endpoint.api_key = "sk-secret";
    endpoint.limits.requests_per_minute.reset();
    strategy.breaker.recovery_jitter = 0;
    strategy.call.max_retries = 0;
    strategy.gate.min_confidence = 0.3;
  }

  std::shared_ptr<const core::strategy_table> table() const {
    auto out = std::make_shared<core::strategy_table>();
    out->strategies = {std::make_shared<const core::strategy>(strategy)};
    out->endpoints["sim"] = std::make_shared<const core::endpoint>(endpoint);
    return out;
  }

  actors::publisher_actor make_publisher() {
    return sys.spawn([this](actors::publisher_actor::pointer)
                       -> actors::publisher_actor::behavior_type {
      return {
        [this](const messages::assessments& x) {
          for (const auto& item : x.batch->items)
            (item.final ? finals : provisionals).push_back(item);
        },
        [this](const messages::breaker_changed& x) {
          if (x.change.from != x.change.to)
            transitions.push_back(x);
        },
        [this](const messages::stats_report& x) { reports.push_back(x); },
        [this](const messages::candles_refused& x) {
          refusals.insert(refusals.end(), x.items.begin(), x.items.end());
        },
        [this](const core::config_report& x) { configs.push_back(x); },
        [](const messages::strategies_changed&) {},
        [this](const messages::series_ended& x) { ended.push_back(x); },
        [](atom::flush) { return atom::flush_v; },
        [](atom::beat) {},
      };
    });
  }

  /// Starts everything with `strategy` and `endpoint` as they stand.
  void start() {
    actors::wall_clock clock = [this] {
      return wall();
    };
    publisher = own(make_publisher());
    stats = own(sys.spawn(
      actors::stats, actors::stats_config{clock, core::milliseconds{10'000}},
      publisher));
    actors::breaker_supervisor_config supervising;
    supervising.now = [this] {
      if (clock_fails_in > 0 && --clock_fails_in == 0)
        throw std::runtime_error("no time");
      return wall();
    };
    supervising.faults = faults;
    supervising.journal = journal;
    supervising.remembered = remembered;
    auto memory = std::make_shared<actors::endpoint_memory>();
    supervising.spawn_caller = [this, memory, clock] {
      actors::llm_caller_config calling;
      calling.client = llm;
      calling.memory = memory;
      calling.parse = [this](std::string_view x) {
        return parse(x);
      };
      calling.now = clock;
      ++callers;
      caller = own(sys.spawn(actors::llm_caller, calling));
      return caller;
    };
    supervising.spawn_scorer = [this] {
      ++scorers;
      scorer = own(make_scorer());
      return scorer;
    };
    supervisor = own(sys.spawn(actors::breaker_supervisor, supervising, table(),
                               publisher, stats));
    actors::candle_ingest_config ingesting;
    ingesting.now = clock;
    ingesting.max_series = max_series;
    ingesting.faults = faults;
    if (make_decoder)
      ingesting.make_decoder = make_decoder;
    ingesting.journal = journal;
    ingesting.restored = restored;
    ingest = own(sys.spawn(actors::candle_ingest, ingesting, table(), publisher,
                           supervisor));
    settle();
  }

  /// Hands frames to ingest as the reactor would. Each message that follows
  /// takes `each` of time.
  void push(const std::vector<std::string>& frames,
            messages::lease credits = nullptr, caf::timespan each = {}) {
    messages::frame_batch out;
    for (const auto& x : frames) {
      out.buffer += x;
      out.ends.push_back(static_cast<std::uint32_t>(out.buffer.size()));
    }
    out.buffer.append(transport::raw_batch::padding, '\0');
    out.credits = std::move(credits);
    caf::anon_send(ingest, std::move(out));
    settle(each);
  }

  /// A calm candle that closed `age` candles ago (0: just now).
  std::string candle(int age = 0, const std::string& pair = "BTC/USDT",
                     double close = 100) const {
    auto time = wall_start.time_since_epoch().count()
                + (wall() - wall_start).count() / 300'000 * 300'000
                - (age + 1) * 300'000LL;
    auto c = std::to_string(close);
    return R"({"pair":")" + pair + R"(","timeframe":"5m","time":)"
           + std::to_string(time) + R"(,"open":)" + c + R"(,"high":)" + c
           + R"(,"low":)" + c + R"(,"close":)" + c + R"(,"volume":1})";
  }

  /// Closes one more candle: the next five minutes are over.
  void next_candle(const std::string& pair = "BTC/USDT", double close = 100) {
    advance(std::chrono::minutes{5});
    push({candle(0, pair, close)});
  }

  std::function<actors::fallback_scorer_actor()> make_scorer = [this] {
    return sys.spawn(actors::fallback_scorer);
  };
  core::strategy strategy;
  core::endpoint endpoint;
  std::size_t max_series = 1'000;
  std::function<std::unique_ptr<transport::candle_decoder>()> make_decoder;
  actors::journal_sink journal;
  std::map<std::string, core::breaker_memory> remembered;
  std::shared_ptr<std::vector<transport::restored_series>> restored;
  int callers = 0;
  int scorers = 0;
  actors::publisher_actor publisher;
  actors::stats_actor stats;
  actors::llm_caller_actor caller;
  actors::fallback_scorer_actor scorer;
  actors::breaker_supervisor_actor supervisor;
  actors::candle_ingest_actor ingest;
};

} // namespace riskbreaker::tests
