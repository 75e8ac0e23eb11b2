#include "actors/publisher.hpp"
#include "tests/support/actor_fixture.hpp"
#include "tests/support/published.hpp"

using namespace riskbreaker;
using namespace riskbreaker::tests;

namespace {

struct outside {
  std::vector<messages::answers_published> answers;
  int transitions = 0;
  int refusals = 0;
};

struct fixture : outside, actor_fixture {
  void start(core::journaled choice) {
    actors::publisher_config publishing;
    publishing.out = std::make_shared<recording_outbox>();
    publishing.journaled = choice;
    publishing.journal.board = std::make_shared<actors::journal_board>("j.db");
    publishing.journal.to = own(make_journal());
    publisher = own(sys.spawn(actors::publisher, std::move(publishing)));
    settle();
  }

  actors::journal_actor make_journal() {
    return sys.spawn([this](actors::journal_actor::pointer)
                       -> actors::journal_actor::behavior_type {
      return {
        [this](const messages::answers_published& x) { answers.push_back(x); },
        [this](const messages::breaker_changed&) { ++transitions; },
        [this](const messages::candles_refused&) { ++refusals; },
        [](const messages::call_finished&) {},
        [](const messages::breaker_saved&) {},
        [](const messages::budget_saved&) {},
        [](const messages::series_moved&, const actors::series_source_actor&) {
        },
        [](atom::flush) { return atom::flush_v; },
        [](atom::tick, std::uint64_t) {},
        [](atom::prune) {},
      };
    });
  }

  /// A provisional answer, its final one by a model, and one of the fallback.
  void publish() {
    auto strategy = std::make_shared<core::strategy>();
    strategy->name = "s";
    auto batch = std::make_shared<messages::assessment_batch>();
    batch->items.resize(3);
    for (auto& x : batch->items) {
      x.strategy = strategy;
      x.series = std::make_shared<const core::series_key>(
        core::series_key{"A/B", *core::timeframe::parse("5m")});
    }
    batch->items[0].final = false;
    batch->items[1].llm = std::make_shared<const core::llm_report>();
    caf::anon_send(publisher, messages::assessments{std::move(batch)});
    settle();
  }

  /// (index, seq) of what was journaled, over all messages.
  std::vector<std::pair<std::uint32_t, std::uint64_t>> which() const {
    std::vector<std::pair<std::uint32_t, std::uint64_t>> out;
    for (const auto& x : answers)
      for (const auto& one : x.which)
        out.emplace_back(one.index, one.seq);
    return out;
  }

  actors::publisher_actor publisher;
};

using numbers = std::vector<std::pair<std::uint32_t, std::uint64_t>>;

} // namespace

TEST_CASE_METHOD(fixture,
                 "publisher: the journal gets finals with their published seq",
                 "[publisher]") {
  start(core::journaled::all);
  publish();
  publish();
  CHECK(which() == numbers{{1, 1}, {2, 2}, {1, 3}, {2, 4}});
}

TEST_CASE_METHOD(fixture,
                 "publisher: only what was chosen is held for the journal",
                 "[publisher]") {
  SECTION("where an llm was asked") {
    start(core::journaled::llm);
    publish();
    CHECK(which() == numbers{{1, 1}});
  }
  SECTION("nothing: no batch waits for the disk") {
    start(core::journaled::none);
    publish();
    CHECK(answers.empty());
  }
  caf::anon_send(publisher, messages::breaker_changed{"s", {}, {}, {}});
  caf::anon_send(publisher, messages::candles_refused{{{}, {}}});
  settle();
  CHECK(transitions == 1);
  CHECK(refusals == 1);
}
