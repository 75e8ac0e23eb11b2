#include "tests/support/system_fixture.hpp"

#include <set>

using namespace riskbreaker;
using namespace riskbreaker::tests;
using namespace std::chrono_literals;
using core::answer_source;
using core::cause;

namespace {

/// Fails on frames that say so, before or after it has read them.
class failing_decoder final : public transport::candle_decoder {
public:
  void decode(std::string_view frame, transport::candle_sink& sink) override {
    if (frame.find("fail-before") != frame.npos)
      throw std::runtime_error("before");
    real_->decode(frame, sink);
    if (frame.find("fail-after") != frame.npos)
      throw 17; // not even a std::exception
  }

private:
  std::unique_ptr<transport::candle_decoder> real_
    = transport::make_candle_decoder();
};

struct fixture : system_fixture {
  core::strategy_status status() {
    auto got
      = ask<messages::strategy_listing>(*this, supervisor, atom::query_v);
    REQUIRE(got);
    return got->strategies.at(0);
  }

  /// The requests that have a final answer.
  std::set<std::uint64_t> answered() const {
    std::set<std::uint64_t> out;
    for (const auto& x : finals)
      out.insert(x.id);
    return out;
  }
};

} // namespace

TEST_CASE_METHOD(fixture,
                 "containment: whichever step of the supervisor fails, each "
                 "request gets one final answer and each permit is settled",
                 "[containment]") {
  auto batched = GENERATE(false, true);
  if (batched) {
    strategy.batch.max_pairs = 2;
    strategy.batch.window = 200ms;
  }
  strategy.breaker.failure_threshold = 2;
  start();
  std::size_t asked = 0;
  bool failed = true;
  for (int step = 1; failed; ++step) {
    auto before = faults->counts()["breaker_supervisor"];
    clock_fails_in = step;
    advance(5min);
    push({candle(0, "A/B"), candle(0, "C/D"), candle(0, "E/F")});
    asked += 3;
    advance(200ms); // calls that wait for more pairs go
    while (llm->hanging() > 1)
      llm->release(answer());
    if (llm->hanging() > 0)
      llm->release(http(500, "{}"));
    settle();
    advance(25s); // past every deadline
    failed = faults->counts()["breaker_supervisor"] > before;
    clock_fails_in = 0;
    INFO("step " << step << ", batched " << batched);
    REQUIRE(finals.size() == asked);
    REQUIRE(answered().size() == asked);
    REQUIRE(status().in_flight == 0);
    REQUIRE(llm->hanging() == 0);
    REQUIRE(step < 200);
  }
  CHECK(faults->counts()["breaker_supervisor"] > 5);
}

TEST_CASE_METHOD(fixture,
                 "containment: a step that failed says nothing about the LLM",
                 "[containment]") {
  strategy.breaker.failure_threshold = 1;
  start();
  for (int step = 1; step < 12; ++step) {
    clock_fails_in = step;
    llm->script = {answer()};
    next_candle();
    clock_fails_in = 0;
    CHECK(status().breaker.state == core::breaker_state::closed);
    CHECK(status().breaker.consecutive_failures == 0);
    auto why = finals.back().cause;
    CHECK((!why || why == cause::llm_unreachable));
  }
}

TEST_CASE_METHOD(fixture,
                 "containment: a message on which ingest fails is refused, its "
                 "neighbours are not",
                 "[containment]") {
  make_decoder = [] {
    return std::make_unique<failing_decoder>();
  };
  strategy.endpoints.clear();
  start();
  int released = 0;
  push({candle(0, "A/B"), R"("fail-before")", candle(0, "C/D")},
       messages::lease(&released, [](int* x) { ++*x; }));
  CHECK(finals.size() == 2);
  REQUIRE(refusals.size() == 1);
  CHECK(refusals[0].what.reason == core::refusal_reason::malformed);
  CHECK(refusals[0].what.detail
        == "the daemon failed on this message; please report it");
  CHECK(released == 1);

  // What was read before it failed counts, and asks as ever.
  push({candle(0, "fail-after/X")});
  CHECK(finals.size() == 3);
  CHECK(refusals.size() == 2);
  next_candle("A/B");
  CHECK(finals.size() == 4);
  CHECK(faults->counts()["candle_ingest"] == 2);
}

TEST_CASE_METHOD(fixture,
                 "containment: deaths of the supervisor's own actors are "
                 "counted as well",
                 "[containment]") {
  start();
  push({candle()});
  caf::anon_send_exit(caller, caf::exit_reason::out_of_workers);
  settle();
  REQUIRE(finals.size() == 1);
  CHECK(finals[0].cause == cause::llm_unreachable);
  CHECK(callers == 2);
  CHECK(faults->counts()["llm_caller"] == 1);
}

TEST_CASE("containment: faults are counted by actor", "[containment]") {
  actors::fault_ledger ledger;
  spdlog::set_level(spdlog::level::off);
  CHECK(ledger.counts().empty());
  core::steady_time t{};
  for (int i = 0; i < 5; ++i)
    ledger.note("a", "x", t + i * 300ms);
  ledger.note("b", "x", t);
  CHECK(ledger.counts()
        == std::map<std::string, std::uint64_t>{{"a", 5}, {"b", 1}});
}
