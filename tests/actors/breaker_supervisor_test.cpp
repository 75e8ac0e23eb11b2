#include "tests/support/system_fixture.hpp"

using namespace riskbreaker;
using namespace riskbreaker::tests;
using namespace std::chrono_literals;
using core::answer_source;
using core::breaker_state;
using core::cause;

TEST_CASE_METHOD(system_fixture, "supervisor: a healthy LLM answers a candle",
                 "[supervisor]") {
  start();
  llm->script = {answer("40", "0.8")};
  push({candle()});
  REQUIRE(finals.size() == 1);
  CHECK(finals[0].source == answer_source::llm);
  CHECK(finals[0].score == 40);
  CHECK(finals[0].confidence == 0.8);
  CHECK_FALSE(finals[0].cause);
  CHECK(finals[0].verdict == core::verdict::allow);
  REQUIRE(finals[0].llm);
  CHECK(finals[0].llm->model == "m-1");
  CHECK(finals[0].llm->prompt_tokens == 100);
  CHECK(finals[0].valid_until == finals[0].candle_time + 10min + 10s);
  REQUIRE(provisionals.size() == 1);
  CHECK(provisionals[0].source == answer_source::fallback);
  CHECK(provisionals[0].id == finals[0].id);
}

TEST_CASE_METHOD(system_fixture,
                 "supervisor: the third failed call opens, and then the LLM is "
                 "left alone until one probe closes",
                 "[supervisor]") {
  start();
  for (int i = 0; i < 3; ++i) {
    llm->script = {http(500, "{}")};
    next_candle();
    CHECK(finals.back().cause == cause::llm_server_error);
    CHECK(finals.back().source == answer_source::fallback);
  }
  REQUIRE(transitions.size() == 1);
  CHECK(transitions[0].change.to == breaker_state::open);
  CHECK(finals.back().breaker == breaker_state::open);
  CHECK(llm->requests.size() == 3);
  push({candle(0, "ETH/USDT")});
  CHECK(finals.back().cause == cause::breaker_open);
  CHECK(llm->requests.size() == 3);

  advance(5min - 1ns);
  CHECK(transitions.size() == 1);
  advance(1ns);
  REQUIRE(transitions.size() == 2);
  CHECK(transitions[1].change.to == breaker_state::half_open);

  llm->script.clear(); // the probe hangs for now
  push({candle(0, "A/B"), candle(0, "C/D"), candle(0, "E/F")});
  CHECK(llm->requests.size() == 4);
  CHECK(finals.back().cause == cause::half_open_busy);
  llm->release(answer());
  settle();
  REQUIRE(transitions.size() == 3);
  CHECK(transitions[2].change.to == breaker_state::closed);
  CHECK(finals.back().source == answer_source::llm);
  CHECK(finals.size() == 7);
}

TEST_CASE_METHOD(
  system_fixture,
  "supervisor: a time-out of a whole deadline counts, though the "
  "call took a moment to reach the caller",
  "[supervisor]") {
  strategy.breaker.failure_threshold = 1;
  strategy.call.call_deadline = 10s; // under what an attempt may take
  auto max_pairs = GENERATE(1u, 5u);
  strategy.batch.max_pairs = max_pairs;
  start();
  push({candle()}, nullptr, 1us);
  advance(200ms); // a call that waits for more pairs goes
  REQUIRE(llm->requests.size() == 1);
  advance(9s + 799ms);
  llm->release(fault(core::http_fault::timeout));
  settle();
  REQUIRE(finals.size() == 1);
  CHECK(finals[0].cause == cause::llm_timeout);
  REQUIRE(transitions.size() == 1);
  CHECK(transitions[0].change.to == breaker_state::open);
}

TEST_CASE_METHOD(system_fixture,
                 "supervisor: a call that a nearly over candle cut short does "
                 "not count, also when the caller says nothing",
                 "[supervisor]") {
  strategy.breaker.failure_threshold = 1;
  start();
  advance(4min + 55s); // five seconds to the next close
  push({candle()});
  advance(5s + 100ms);
  REQUIRE(finals.size() == 1);
  CHECK(finals[0].cause == cause::llm_timeout);
  CHECK(transitions.empty());
}

TEST_CASE_METHOD(system_fixture,
                 "supervisor: a silent LLM costs the deadline, not an answer",
                 "[supervisor]") {
  start();
  push({candle()});
  CHECK(finals.empty());
  CHECK(provisionals.size() == 1);
  advance(20s);
  CHECK(finals.empty()); // the caller's own word would come now
  advance(100ms);
  REQUIRE(finals.size() == 1);
  CHECK(finals[0].cause == cause::llm_timeout);
  CHECK(finals[0].source == answer_source::fallback);

  SECTION("and what comes later changes nothing") {
    llm->release(answer());
    settle();
    CHECK(finals.size() == 1);
    CHECK(transitions.empty());
  }
}

TEST_CASE_METHOD(system_fixture,
                 "supervisor: an answer the model itself does not trust is the "
                 "fallback's, and a success",
                 "[supervisor]") {
  strategy.breaker.failure_threshold = 1;
  start();
  llm->script = {answer("10", "0.29")};
  push({candle()});
  REQUIRE(finals.size() == 1);
  CHECK(finals[0].cause == cause::low_confidence);
  CHECK(finals[0].source == answer_source::fallback);
  CHECK(transitions.empty());
}

TEST_CASE_METHOD(system_fixture,
                 "supervisor: why the LLM was not asked is said",
                 "[supervisor]") {
  SECTION("because it is switched off") {
    strategy.endpoints.clear();
    start();
    push({candle()});
    CHECK(finals.at(0).cause == cause::llm_disabled);
  }
  SECTION("because there is no key") {
    endpoint.usable = false;
    start();
    push({candle()});
    CHECK(finals.at(0).cause == cause::llm_disabled);
  }
  SECTION("because the candle is too old") {
    start();
    push({candle(3)});
    CHECK(finals.at(0).cause == cause::stale_candle);
    llm->script = {answer()};
    push({candle(2)}); // closed exactly two timeframes ago
    CHECK(finals.at(1).source == answer_source::llm);
  }
  SECTION("because too many calls are out") {
    endpoint.limits.max_in_flight = 1;
    start();
    push({candle(0, "A/B"), candle(0, "C/D")});
    REQUIRE(finals.size() == 1);
    CHECK(finals[0].cause == cause::overloaded);
    CHECK(transitions.empty());
  }
  SECTION("because an operator forced it") {
    start();
    using action = messages::breaker_command::action;
    auto got = ask<messages::breaker_reply>(
      *this, supervisor,
      messages::breaker_command{"ichimoku", action::force_open});
    REQUIRE(got);
    CHECK(got->state == breaker_state::forced_open);
    push({candle()});
    CHECK(finals.at(0).cause == cause::breaker_forced);
  }
  CHECK(finals.at(0).source == answer_source::fallback);
}

TEST_CASE_METHOD(system_fixture,
                 "supervisor: a caller that dies is replaced and its requests "
                 "are answered",
                 "[supervisor]") {
  start();
  push({candle(0, "A/B"), candle(0, "C/D")});
  CHECK(finals.empty());
  caf::anon_send_exit(caller, caf::exit_reason::kill);
  settle();
  REQUIRE(finals.size() == 2);
  CHECK(finals[0].cause == cause::llm_unreachable);
  CHECK(callers == 2);
  CHECK(llm->cancelled.size() == 2);
  llm->script = {answer()};
  push({candle(0, "E/F")});
  CHECK(finals.back().source == answer_source::llm);
  // Its slots came back: the cap of a fresh start can be used up again.
  auto listing
    = ask<messages::strategy_listing>(*this, supervisor, atom::query_v);
  REQUIRE(listing);
  CHECK(listing->strategies.at(0).in_flight == 0);
}

TEST_CASE_METHOD(
  system_fixture,
  "supervisor: a caller that throws on an answer costs one answer",
  "[supervisor]") {
  start();
  parse = [](std::string_view) -> std::optional<core::json> {
    throw std::runtime_error("planted");
  };
  llm->script = {answer()};
  push({candle(0, "A/B")});
  REQUIRE(finals.size() == 1);
  CHECK(finals[0].source == answer_source::fallback);
  parse = transport::parse_json;
  llm->script = {answer()};
  push({candle(0, "C/D")});
  REQUIRE(finals.size() == 2);
  CHECK(finals[1].source == answer_source::llm);
}

TEST_CASE_METHOD(system_fixture,
                 "supervisor: a scorer that dies is replaced and asked again; "
                 "a request that kills it twice is blocked",
                 "[supervisor]") {
  int deaths = 0;
  int lethal = 0;
  make_scorer = [&]() -> actors::fallback_scorer_actor {
    return sys.spawn([&](actors::fallback_scorer_actor::pointer me)
                       -> actors::fallback_scorer_actor::behavior_type {
      return {[&, me](const messages::risk_requests& x)
                -> caf::result<messages::risk_scores> {
        if (deaths < lethal) {
          ++deaths;
          me->quit(caf::exit_reason::kill);
          return caf::make_error(caf::sec::runtime_error);
        }
        messages::risk_scores out{x.batch, {}};
        out.scores.resize(x.batch->requests.size());
        for (auto& score : out.scores)
          score.confidence = 0.7;
        return out;
      }};
    });
  };
  strategy.endpoints.clear();
  SECTION("once") {
    lethal = 1;
    start();
    push({candle()});
    REQUIRE(finals.size() == 1);
    CHECK(finals[0].confidence == 0.7);
    CHECK(scorers == 2);
  }
  SECTION("twice") {
    lethal = 2;
    start();
    push({candle()});
    REQUIRE(finals.size() == 1);
    CHECK(finals[0].confidence == 0);
    CHECK(finals[0].verdict == core::verdict::block);
    CHECK(scorers == 3);
  }
}

TEST_CASE_METHOD(system_fixture,
                 "supervisor: a shutdown answers what is open, and all that "
                 "still comes at once",
                 "[supervisor]") {
  start();
  push({candle(0, "A/B"), candle(0, "C/D")});
  auto cut = ask<std::uint64_t>(*this, supervisor, atom::shutdown_v);
  REQUIRE(cut);
  CHECK(*cut == 2);
  REQUIRE(finals.size() == 2);
  CHECK(finals[0].cause == cause::shutting_down);
  push({candle(0, "E/F")});
  REQUIRE(finals.size() == 3);
  CHECK(finals[2].cause == cause::shutting_down);
  CHECK(transitions.empty());
}

TEST_CASE_METHOD(system_fixture,
                 "supervisor: new numbers leave an open breaker open; a "
                 "strategy that goes still answers",
                 "[supervisor]") {
  start();
  for (int i = 0; i < 3; ++i) {
    llm->script = {http(500, "{}")};
    next_candle();
  }
  REQUIRE(transitions.size() == 1);
  strategy.breaker.failure_threshold = 10;
  caf::anon_send(supervisor, messages::strategies_changed{table()});
  settle();
  CHECK(transitions.size() == 1);
  advance(5min);
  CHECK(transitions.back().change.to == breaker_state::half_open);
  push({candle(0, "A/B")}); // the probe hangs
  auto none = std::make_shared<core::strategy_table>();
  caf::anon_send(supervisor, messages::strategies_changed{none});
  settle();
  auto listing
    = ask<messages::strategy_listing>(*this, supervisor, atom::query_v);
  REQUIRE(listing);
  REQUIRE(listing->strategies.size() == 1);
  CHECK(listing->strategies[0].draining);
  llm->release(answer());
  settle();
  CHECK(finals.back().source == answer_source::llm);
  listing = ask<messages::strategy_listing>(*this, supervisor, atom::query_v);
  REQUIRE(listing);
  CHECK(listing->strategies.empty());
}

TEST_CASE_METHOD(system_fixture,
                 "supervisor: a command for a strategy that is not there fails",
                 "[supervisor]") {
  start();
  auto got = ask<messages::breaker_reply>(
    *this, supervisor, messages::breaker_command{"nope", {}});
  REQUIRE_FALSE(got);
  CHECK(got.error() == messages::errc::unknown_strategy);
}
