#include "actors/journal.hpp"
#include "tests/support/actor_fixture.hpp"
#include "tests/support/fake_journal.hpp"

using namespace riskbreaker;
using namespace riskbreaker::tests;
using namespace std::chrono_literals;
using kind = transport::journal_error::kind;

namespace {

/// Outlives the actor.
struct outside {
  fake_disk disk;
  bool can_open = true;
};

struct fixture : outside, actor_fixture {
  fixture() {
    sink.board = std::make_shared<actors::journal_board>("j.db");
  }

  void start(bool open_at_start = true) {
    actors::journal_config journaling;
    journaling.board = sink.board;
    journaling.now = [this] {
      return wall();
    };
    journaling.keep = 24h;
    journaling.open = [this]() -> transport::journal_opening {
      if (!can_open)
        return transport::journal_error{kind::unavailable, "no disk"};
      return std::make_unique<fake_journal>(disk);
    };
    if (open_at_start)
      journaling.file = std::make_shared<fake_journal>(disk);
    sink.to = own(sys.spawn(actors::journal, std::move(journaling)));
    settle();
  }

  /// As the publisher sends them; whether they were taken.
  bool publish(std::size_t n, messages::lease credits = nullptr) {
    auto batch = std::make_shared<messages::assessment_batch>();
    batch->items.resize(n);
    batch->credits = std::move(credits);
    messages::answers_published out{batch, {}};
    for (std::size_t i = 0; i < n; ++i)
      out.which.push_back({static_cast<std::uint32_t>(i), i + 1});
    if (!sink.board->admit(n))
      return false;
    batch = nullptr;
    caf::anon_send(sink.to, std::move(out));
    settle();
    return true;
  }

  void save_breaker(core::breaker_state x) {
    core::breaker_memory memory;
    memory.state = x;
    caf::anon_send(sink.to, messages::breaker_saved{"s", memory});
    settle();
  }

  core::journal_status status() const {
    return sink.board->status();
  }

  actors::journal_sink sink;
};

struct source_fixture : fixture {
  source_fixture() {
    source = own(sys.spawn([this](actors::series_source_actor::pointer)
                             -> actors::series_source_actor::behavior_type {
      return {[this](const messages::series_saved& x) {
        told.push_back(x.lost);
      }};
    }));
  }

  void move_series() {
    auto items = std::make_shared<std::vector<core::series_delta>>(1);
    caf::anon_send(sink.to, messages::series_moved{items}, source);
    settle();
  }

  std::vector<bool> told;
  actors::series_source_actor source;
};

} // namespace

TEST_CASE_METHOD(fixture, "journal: what comes within a moment is one commit",
                 "[journal]") {
  start();
  publish(3);
  publish(2);
  advance(49ms);
  CHECK(disk.written.empty());
  CHECK(status().rows_waiting == 5);
  advance(1ms);
  REQUIRE(disk.written.size() == 1);
  CHECK(disk.answers() == 5);
  CHECK(disk.written[0].answers[1].seq == 2);
  CHECK(status().rows_waiting == 0);
  CHECK(status().rows_written == 5);
  advance(10s);
  CHECK(disk.written.size() == 1); // nothing came, nothing is written
}

TEST_CASE_METHOD(fixture, "journal: many rows are not waited for",
                 "[journal]") {
  start();
  publish(999);
  CHECK(disk.written.empty());
  publish(1);
  CHECK(disk.answers() == 1'000);
  publish(1);
  advance(50ms); // the tick of before is of no commit any more
  CHECK(disk.answers() == 1'001);
}

TEST_CASE_METHOD(fixture, "journal: credits go back when rows are on disk",
                 "[journal]") {
  start();
  auto lease = std::make_shared<int>(1);
  std::weak_ptr<int> held = lease;
  publish(2, std::exchange(lease, nullptr));
  CHECK_FALSE(held.expired());
  advance(50ms);
  CHECK(held.expired());
}

TEST_CASE_METHOD(source_fixture,
                 "journal: a disk that fails costs rows, not memory or credits",
                 "[journal]") {
  start();
  disk.failure = {kind::unavailable, "the disk is full"};
  auto lease = std::make_shared<int>(1);
  std::weak_ptr<int> held = lease;
  publish(2, std::exchange(lease, nullptr));
  move_series();
  save_breaker(core::breaker_state::open);
  save_breaker(core::breaker_state::forced_open);
  advance(50ms);
  CHECK(held.expired());
  CHECK(told == std::vector<bool>{true});
  CHECK(status().error == "the disk is full");
  CHECK(status().rows_lost == 2);
  CHECK(disk.tries == 1);
  publish(1'000); // too soon for another try
  CHECK(disk.tries == 1);
  CHECK(status().rows_lost == 1'002);
  disk.failure.reset();
  advance(1s);
  // What is bounded waited, and goes without anything new.
  REQUIRE(disk.written.size() == 1);
  CHECK(disk.answers() == 0);
  CHECK(disk.written[0].breakers.at("s").state
        == core::breaker_state::forced_open);
  CHECK(status().error.empty());
  publish(1);
  move_series();
  advance(50ms);
  CHECK(disk.answers() == 1);
  CHECK(told == std::vector<bool>{true, false});
}

TEST_CASE_METHOD(fixture,
                 "journal: a file that could not be opened is tried again",
                 "[journal]") {
  can_open = false;
  start(false);
  publish(1);
  advance(50ms);
  CHECK(status().error == "no disk");
  CHECK(status().rows_lost == 1);
  can_open = true;
  advance(1s);
  publish(1);
  advance(50ms);
  CHECK(disk.answers() == 1);
  CHECK(status().error.empty());
}

TEST_CASE_METHOD(fixture, "journal: what no credit bounds is bounded as well",
                 "[journal]") {
  // The journal hangs: nothing is taken out of its mailbox.
  CHECK(sink.board->admit(actors::journal_board::max_waiting - 1));
  CHECK(sink.board->admit(1));
  CHECK_FALSE(sink.board->admit(1));
  CHECK(sink.board->admit(0));
  CHECK(status().rows_lost == 1);
  CHECK(status().rows_waiting == actors::journal_board::max_waiting);
}

TEST_CASE_METHOD(fixture, "journal: a flush leaves nothing behind",
                 "[journal]") {
  start();
  publish(3);
  save_breaker(core::breaker_state::open);
  CHECK(
    ask<caf::atom_constant<caf::atom("flush")>>(*this, sink.to, atom::flush_v));
  CHECK(disk.answers() == 3);
  CHECK(disk.written[0].breakers.size() == 1);
}

TEST_CASE_METHOD(
  fixture, "journal: old rows are deleted step by step, then now and then",
  "[journal]") {
  start();
  disk.more_to_prune = 3;
  advance(20ms);
  CHECK(disk.prunes == 1);
  CHECK(disk.pruned_before == wall() - 24h);
  for (int i = 0; i < 3; ++i)
    advance(20ms);
  CHECK(disk.prunes == 4);
  advance(599s);
  CHECK(disk.prunes == 4);
  advance(1s);
  CHECK(disk.prunes == 5);
}
