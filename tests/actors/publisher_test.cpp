#include "actors/publisher.hpp"
#include "tests/support/actor_fixture.hpp"

#include <mutex>

using namespace riskbreaker;
using namespace riskbreaker::tests;
using namespace std::chrono_literals;

namespace {

struct recording_outbox final : transport::outbox {
  void publish(std::vector<transport::out_frame> xs) override {
    frames.insert(frames.end(), xs.begin(), xs.end());
  }
  void reply(transport::control_reply) override {
    // nop
  }
  std::vector<transport::out_frame> frames;
};

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
  CHECK(*out->frames[0].topic == "risk.s.A/B.5m");
  CHECK(*out->frames[1].topic == "risk.s.C/D.5m");
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
  CHECK(*out->frames[0].topic == "risk_provisional.s.A/B.5m");
  CHECK_FALSE(out->frames[0].keep);
  CHECK(says(0, R"("final":false)"));
}

TEST_CASE_METHOD(fixture, "publisher: the heart beats once a second",
                 "[publisher]") {
  advance(1s - 1ns);
  CHECK(out->frames.empty());
  advance(1ns);
  REQUIRE(out->frames.size() == 1);
  CHECK(*out->frames[0].topic == "heartbeat");
  CHECK(says(0, R"("seq":2)"));
  CHECK(says(0, R"("uptime_s":1)"));
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
  CHECK(*out->frames[0].topic == "ingest.rejected");
  CHECK_FALSE(out->frames[0].keep);
  CHECK(says(0, R"("reason":"bad_price")"));
  CHECK(says(0, R"("count":3)"));
  CHECK(*out->frames[1].topic == "config");
  CHECK(out->frames[1].keep);
  CHECK(says(1, "f:1:2: no"));
}
