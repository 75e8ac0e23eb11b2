#include "actors/publisher.hpp"
#include "tests/support/actor_fixture.hpp"
#include "tests/support/published.hpp"

#include <algorithm>
#include <mutex>

using namespace riskbreaker;
using namespace riskbreaker::tests;
using namespace std::chrono_literals;

namespace {

struct outside {
  std::shared_ptr<recording_outbox> out = std::make_shared<recording_outbox>();
};

struct fixture : outside, actor_fixture {
  fixture() {
    auto x = std::make_shared<core::strategy>();
    x->name = "s";
    strategy = x;
    actors::publisher_config publishing;
    publishing.out = out;
    publishing.boot = "b00t";
    publishing.now = [this] {
      return wall();
    };
    publisher = own(sys.spawn(actors::publisher, publishing));
    settle();
    out->frames.clear(); // the first heartbeat
  }

  core::assessment answer(const std::string& pair, int candle, bool final) {
    core::assessment x;
    x.strategy = strategy;
    x.series = std::make_shared<const core::series_key>(
      core::series_key{pair, *core::timeframe::parse("5m")});
    x.candle_time = wall_start + candle * 5min;
    x.final = final;
    return x;
  }

  void publish(std::vector<core::assessment> xs) {
    auto batch = std::make_shared<messages::assessment_batch>();
    batch->items = std::move(xs);
    caf::anon_send(publisher, messages::assessments{batch});
    settle();
  }

  bool says(std::size_t i, const std::string& text) const {
    return out->frames.at(i).payload.find(text) != std::string::npos;
  }

  std::shared_ptr<const core::strategy> strategy;
  actors::publisher_actor publisher;
};

} // namespace

TEST_CASE_METHOD(fixture, "publisher: each topic counts up by one from 1",
                 "[publisher]") {
  publish(
    {answer("A/B", 0, true), answer("C/D", 0, true), answer("A/B", 1, true)});
  REQUIRE(out->frames.size() == 3);
  CHECK(out->frames[0].topic == "risk.s.A/B.5m");
  CHECK(out->frames[1].topic == "risk.s.C/D.5m");
  CHECK(says(0, R"("seq":1)"));
  CHECK(says(1, R"("seq":1)"));
  CHECK(says(2, R"("seq":2)"));
  CHECK(says(2, R"("boot":"b00t")"));
}

TEST_CASE_METHOD(
  fixture,
  "publisher: an answer that was overtaken is published, but the "
  "newer one is kept",
  "[publisher]") {
  publish({answer("A/B", 2, true)});
  publish({answer("A/B", 1, true)});
  publish({answer("A/B", 2, true)});
  REQUIRE(out->frames.size() == 3);
  CHECK(out->frames[0].keep);
  CHECK_FALSE(out->frames[1].keep);
  CHECK(says(1, R"("seq":2)"));
  CHECK(out->frames[2].keep);
}

TEST_CASE_METHOD(fixture,
                 "publisher: what is provisional has a topic of its own and is "
                 "not kept",
                 "[publisher]") {
  publish({answer("A/B", 0, false)});
  REQUIRE(out->frames.size() == 1);
  CHECK(out->frames[0].topic == "risk_provisional.s.A/B.5m");
  CHECK_FALSE(out->frames[0].keep);
  CHECK(says(0, R"("final":false)"));
}

TEST_CASE_METHOD(fixture, "publisher: the heart beats once a second",
                 "[publisher]") {
  advance(1s - 1ns);
  CHECK(out->frames.empty());
  advance(1ns);
  REQUIRE(out->frames.size() == 1);
  CHECK(out->frames[0].topic == "heartbeat");
  CHECK(says(0, R"("seq":2)"));
  CHECK(says(0, R"("at":1700000101000,"uptime_s":1)"));
}

TEST_CASE_METHOD(fixture, "publisher: refusals and reloads have their topics",
                 "[publisher]") {
  caf::anon_send(publisher,
                 messages::candles_refused{
                   {{{core::refusal_reason::bad_price, "why"}, "text", 3}}});
  core::config_report report;
  report.ok = false;
  report.errors = {"f:1:2: no"};
  caf::anon_send(publisher, report);
  settle();
  REQUIRE(out->frames.size() == 2);
  CHECK(out->frames[0].topic == "ingest.rejected");
  CHECK_FALSE(out->frames[0].keep);
  CHECK(says(0, R"("reason":"bad_price")"));
  CHECK(says(0, R"("count":3)"));
  CHECK(out->frames[1].topic == "config");
  CHECK(out->frames[1].keep);
  CHECK(says(1, "f:1:2: no"));
}

// -- topics that end

TEST_CASE_METHOD(fixture,
                 "publisher: the topics of a series that ended are forgotten, "
                 "and never count from 1 again",
                 "[publisher]") {
  publish({answer("A/B", 0, false), answer("A/B", 0, true),
           answer("A/B", 1, true), answer("C/D", 0, true)});
  out->frames.clear();
  caf::anon_send(publisher,
                 messages::series_ended{
                   std::make_shared<const core::series_key>(
                     core::series_key{"A/B", *core::timeframe::parse("5m")}),
                   {strategy}});
  settle();
  REQUIRE(out->frames.size() == 2);
  for (const auto& x : out->frames)
    CHECK(x.forget);
  CHECK(out->frames[0].topic == "risk.s.A/B.5m");
  CHECK(out->frames[1].topic == "risk_provisional.s.A/B.5m");

  out->frames.clear();
  publish({answer("A/B", 2, true), answer("C/D", 1, true)});
  REQUIRE(out->frames.size() == 2);
  CHECK(says(0, R"("seq":3)")); // a client drops what it has seen by seq
  CHECK(out->frames[0].keep);
  CHECK(says(1, R"("seq":2)"));
}

TEST_CASE_METHOD(fixture,
                 "publisher: topics of a strategy that is gone are forgotten, "
                 "what still comes of it is not kept",
                 "[publisher]") {
  auto other = std::make_shared<core::strategy>(*strategy);
  other->name = "t";
  auto watching = std::make_shared<core::strategy>(*other);
  watching->pairs = {"*"};
  watching->timeframes = {*core::timeframe::parse("5m")};
  auto of_other = answer("A/B", 0, true);
  of_other.strategy = watching;
  messages::breaker_changed moved;
  moved.strategy = "s";
  caf::anon_send(publisher, moved);
  publish({answer("A/B", 0, true), of_other});
  out->frames.clear();
  auto table = std::make_shared<core::strategy_table>();
  table->strategies = {watching};
  caf::anon_send(publisher, messages::strategies_changed{table});
  settle();
  std::vector<std::string> gone;
  for (const auto& x : out->frames) {
    CHECK(x.forget);
    gone.push_back(x.topic);
  }
  std::sort(gone.begin(), gone.end());
  CHECK(gone == std::vector<std::string>{"breaker.s", "risk.s.A/B.5m"});

  out->frames.clear();
  publish({answer("A/B", 1, true), of_other});
  REQUIRE(out->frames.size() == 2);
  CHECK_FALSE(out->frames[0].keep);
  CHECK(out->frames[1].keep);
}

// -- faults

namespace {

/// Fails on the so-many-th assessment, and makes the rest as ever.
struct failing_encoder {
  static inline int fails_in = 0;

  static std::unique_ptr<transport::result_encoder> make(std::string boot) {
    struct encoder final : transport::result_encoder {
      explicit encoder(std::unique_ptr<transport::result_encoder> x)
        : real(std::move(x)) {
        // nop
      }
      std::string_view assessment(const core::assessment& x,
                                  std::uint64_t seq) override {
        if (fails_in > 0 && x.llm)
          --fails_in, throw std::runtime_error("no");
        return real->assessment(x, seq);
      }
      std::string_view breaker(const transport::breaker_report& x,
                               std::uint64_t seq) override {
        return real->breaker(x, seq);
      }
      std::string_view stats(const core::strategy_snapshot& x,
                             const core::breaker_status& y, core::unix_ms at,
                             std::uint64_t seq) override {
        return real->stats(x, y, at, seq);
      }
      std::string_view refused(const transport::refusal_report& x,
                               std::uint64_t seq) override {
        return real->refused(x, seq);
      }
      std::string_view config(const core::config_report& x,
                              std::uint64_t seq) override {
        return real->config(x, seq);
      }
      std::string_view heartbeat(double uptime, core::unix_ms at,
                                 std::uint64_t seq) override {
        return real->heartbeat(uptime, at, seq);
      }
      std::unique_ptr<transport::result_encoder> real;
    };
    return std::make_unique<encoder>(transport::make_json_encoder(boot));
  }
};

} // namespace

TEST_CASE_METHOD(fixture,
                 "publisher: an answer that could not be encoded is tried "
                 "again, and goes out without its texts at last",
                 "[publisher]") {
  actors::publisher_config failing;
  failing.out = out;
  failing.boot = "b00t";
  failing.make_encoder = failing_encoder::make;
  failing.faults = std::make_shared<actors::fault_ledger>();
  publisher = own(sys.spawn(actors::publisher, failing));
  settle();
  auto asked = answer("A/B", 0, true);
  asked.source = core::answer_source::llm;
  auto report = std::make_shared<core::llm_report>();
  report->model = "m-1";
  asked.llm = report;

  failing_encoder::fails_in = 1;
  out->frames.clear();
  publish({asked, answer("C/D", 0, true)});
  REQUIRE(out->frames.size() == 2);
  CHECK(says(0, R"("seq":1)"));
  CHECK(says(0, "m-1"));
  CHECK(says(1, R"("seq":1)"));

  failing_encoder::fails_in = 2;
  out->frames.clear();
  publish({asked, answer("C/D", 1, true)});
  REQUIRE(out->frames.size() == 2);
  CHECK(says(0, R"("seq":2)")); // no number was used up by what failed
  CHECK_FALSE(says(0, "m-1"));
  CHECK(says(1, R"("seq":2)"));
  CHECK(failing.faults->counts()["publisher"] == 3);
}
