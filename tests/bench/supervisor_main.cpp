// How many requests a second the breaker supervisor routes while a thousand LLM
// calls hang, all actors on one worker thread; beside it, in the same run, what
// CAF alone costs for the same batches.
//
//   supervisor_bench [requests]

#include "actors/breaker_supervisor.hpp"
#include "actors/fallback_scorer.hpp"
#include "actors/llm_caller.hpp"
#include "messages/type_ids.hpp"
#include "transport/json_parser.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <spdlog/spdlog.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <thread>

using namespace riskbreaker;
using namespace std::chrono_literals;

namespace {

constexpr int hanging_calls = 1'000;
constexpr std::size_t batch_size = 64; // as ingest sends under load
constexpr std::size_t window = 1'000;  // requests on their way, as credits

struct config : caf::actor_system_config {
  config() {
    set("scheduler.policy", caf::atom("sharing"));
    set("scheduler.max-threads", std::size_t{1});
    set("logger.console", caf::atom("none"));
    add_message_types<caf::id_block::riskbreaker>();
  }
};

/// Takes every request and answers none.
class silent_client final : public transport::http_client {
public:
  std::uint64_t submit(transport::http_request, callback done) override {
    kept_.push_back(std::move(done));
    return kept_.size();
  }
  void cancel(std::uint64_t) override {
    // nop
  }

private:
  std::vector<callback> kept_;
};

std::atomic<std::uint64_t> finals = 0;

actors::publisher_actor spawn_publisher(caf::actor_system& sys) {
  return sys.spawn([](actors::publisher_actor::pointer)
                     -> actors::publisher_actor::behavior_type {
    return {
      [](const messages::assessments& x) {
        std::uint64_t n = 0;
        for (const auto& item : x.batch->items)
          n += item.final ? 1 : 0;
        finals += n;
      },
      [](const messages::breaker_changed&) {},
      [](const messages::stats_report&) {},
      [](const messages::candles_refused&) {},
      [](const core::config_report&) {},
      [](const messages::strategies_changed&) {},
      [](const messages::series_ended&) {},
      [](atom::flush) { return atom::flush_v; },
      [](atom::beat) {},
    };
  });
}

actors::stats_actor spawn_stats(caf::actor_system& sys) {
  return sys.spawn(
    [](actors::stats_actor::pointer) -> actors::stats_actor::behavior_type {
      return {
        [](const messages::assessments&) {},
        [](const messages::breaker_changed&) {},
        [](const messages::breaker_counted&) {},
        [](const messages::call_started&) {},
        [](const messages::call_finished&) {},
        [](const messages::strategies_changed&) {},
        [](atom::query) { return messages::stats_listing{}; },
        [](atom::tick) {},
      };
    });
}

core::unix_ms wall() {
  return std::chrono::floor<core::milliseconds>(
    std::chrono::system_clock::now());
}

struct requests_of {
  std::shared_ptr<const core::strategy> strategy;
  std::shared_ptr<const core::series_key> series
    = std::make_shared<const core::series_key>(
      core::series_key{"BTC/USDT", *core::timeframe::parse("1d")});
  core::market_view market{};
  std::shared_ptr<const std::vector<core::candle>> candles{};
  std::uint64_t last_id = 0;

  std::shared_ptr<messages::risk_batch> next(std::size_t n) {
    auto out = std::make_shared<messages::risk_batch>();
    out->requests.resize(n);
    for (auto& x : out->requests) {
      x.id = ++last_id;
      x.strategy = strategy;
      x.series = series;
      x.candle_time = wall() - 25h;
      x.requested_at = wall();
      x.market = market;
      x.window = candles;
    }
    return out;
  }
};

/// Sends batches, never more than a window at a time, until `total` came out.
template <class Send>
double seconds_for(std::uint64_t total, const std::atomic<std::uint64_t>& out,
                   Send send) {
  auto began = std::chrono::steady_clock::now();
  auto start = out.load();
  for (std::uint64_t sent = 0; sent < total; sent += batch_size) {
    while (sent - (out.load() - start) > window)
      std::this_thread::yield();
    send();
  }
  while (out.load() - start < total)
    std::this_thread::yield();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - began)
    .count();
}

} // namespace

int main(int argc, char** argv) {
  spdlog::set_level(spdlog::level::off);
  auto total = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 2'000'000ull;
  total = total / batch_size * batch_size;
  config cfg;
  caf::actor_system sys{cfg};
  auto table = std::make_shared<core::strategy_table>();
  auto endpoint = std::make_shared<core::endpoint>();
  endpoint->name = "silent";
  endpoint->url = "http://127.0.0.1:1/v1";
  endpoint->model = "m";
  endpoint->usable = true;
  endpoint->limits.max_in_flight = hanging_calls;
  endpoint->limits.requests_per_minute.reset();
  table->endpoints["silent"] = endpoint;
  auto strategy_named = [&](const char* name) {
    core::strategy x;
    x.name = name;
    x.pairs = {"*"};
    x.timeframes = {*core::timeframe::parse("1d")};
    x.endpoints = {"silent"};
    x.call.call_deadline = 600s;
    x.call.api_timeout = 600s;
    x.assess.max_candle_age.reset();
    auto out = std::make_shared<const core::strategy>(std::move(x));
    table->strategies.push_back(out);
    return out;
  };
  requests_of calls{strategy_named("hangs")};
  requests_of quiet{strategy_named("quiet")};
  core::series market{*core::timeframe::parse("1d")};
  for (int i = 0; i < 200; ++i) {
    auto price = 100.0 + i % 7 + i * 0.1;
    market.add(
      {core::unix_ms{24h * i}, price, price + 2, price - 1, price + 1, 10.0});
  }
  calls.market = quiet.market = market.view();
  calls.candles = quiet.candles
    = std::make_shared<const std::vector<core::candle>>(market.newest(30));

  auto publisher = spawn_publisher(sys);
  auto stats = spawn_stats(sys);
  actors::breaker_supervisor_config supervising;
  supervising.now = wall;
  auto client = std::make_shared<silent_client>();
  auto memory = std::make_shared<actors::endpoint_memory>();
  supervising.spawn_caller = [&] {
    actors::llm_caller_config calling;
    calling.client = client;
    calling.memory = memory;
    calling.parse = transport::parse_json;
    calling.now = wall;
    return sys.spawn(actors::llm_caller, calling);
  };
  supervising.spawn_scorer = [&] {
    return sys.spawn(actors::fallback_scorer);
  };
  auto supervisor = sys.spawn(actors::breaker_supervisor, supervising, table,
                              publisher, stats);
  caf::anon_send(supervisor,
                 messages::breaker_command{
                   "quiet", messages::breaker_command::action::force_open});
  caf::anon_send(supervisor,
                 messages::risk_requests{calls.next(hanging_calls)});
  // All calls hang once a first request is through behind them.
  quiet.last_id = 1'000'000;
  seconds_for(batch_size, finals, [&] {
    caf::anon_send(supervisor, messages::risk_requests{quiet.next(batch_size)});
  });

  // What CAF alone costs: the same batches to an actor that counts them.
  std::atomic<std::uint64_t> counted = 0;
  auto bare = sys.spawn([&](caf::event_based_actor*) -> caf::behavior {
    return {[&](const messages::risk_requests& x) {
      counted += x.batch->requests.size();
    }};
  });

  for (int round = 0; round < 3; ++round) {
    auto routed = seconds_for(total, finals, [&] {
      caf::anon_send(supervisor,
                     messages::risk_requests{quiet.next(batch_size)});
    });
    auto passed = seconds_for(total, counted, [&] {
      caf::anon_send(bare, messages::risk_requests{quiet.next(batch_size)});
    });
    std::printf("supervisor: %.0f requests/s with %d calls hanging (target "
                "500000); bare CAF with the same batches %.0f/s, ratio %.2f\n",
                static_cast<double>(total) / routed, hanging_calls,
                static_cast<double>(total) / passed, passed / routed);
  }
  caf::anon_send_exit(supervisor, caf::exit_reason::kill);
  caf::anon_send_exit(publisher, caf::exit_reason::kill);
  caf::anon_send_exit(stats, caf::exit_reason::kill);
  caf::anon_send_exit(bare, caf::exit_reason::kill);
  return 0;
}
