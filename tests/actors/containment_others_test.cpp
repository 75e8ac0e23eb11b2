#include "actors/control.hpp"
#include "tests/support/published.hpp"
#include "tests/support/system_fixture.hpp"

using namespace riskbreaker;
using namespace riskbreaker::tests;
using namespace std::chrono_literals;

namespace {

struct outside {
  std::shared_ptr<recording_outbox> out = std::make_shared<recording_outbox>();
};

/// With a control actor whose clock may fail.
struct fixture : outside, system_fixture {
  fixture() {
    strategy.endpoints.clear();
    start();
    actors::control_config controlling;
    controlling.out = out;
    controlling.version = "1";
    controlling.boot = "b";
    controlling.faults = faults;
    controlling.now = [this] {
      if (std::exchange(control_fails, false))
        throw std::runtime_error("no time");
      return wall();
    };
    control = own(
      sys.spawn(actors::control, controlling,
                actors::control_peers{supervisor, ingest, stats, {}, {}}));
    settle();
  }

  std::string say(const std::string& body) {
    auto before = out->replies.size();
    caf::anon_send(control, messages::control_request{{"me"}, body});
    settle();
    REQUIRE(out->replies.size() == before + 1); // never silent, never twice
    return out->replies.back();
  }

  bool control_fails = false;
  actors::control_actor control;
};

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != text.npos;
}

} // namespace

TEST_CASE_METHOD(fixture,
                 "containment: a command on which control fails is answered, "
                 "and so is the next one",
                 "[containment]") {
  control_fails = true;
  auto reply = say(R"({"cmd":"status","id":"7"})");
  CHECK(has(reply, R"("ok":false)"));
  CHECK(has(reply, R"("code":"internal")"));
  CHECK(has(reply, R"("id":"7")"));
  reply = say(R"({"cmd":"status"})");
  CHECK(has(reply, R"("ok":true)"));
  CHECK(has(reply, R"("faults":{"control":1})"));
}

TEST_CASE_METHOD(
  fixture,
  "containment: statistics that fail to be told were counted all "
  "the same",
  "[containment]") {
  bool fails = false;
  auto failing = own(
    sys.spawn(actors::stats,
              actors::stats_config{[&] {
                                     if (std::exchange(fails, false))
                                       throw std::runtime_error("no time");
                                     return wall();
                                   },
                                   core::milliseconds{10'000}, faults},
              publisher));
  auto batch = std::make_shared<messages::assessment_batch>();
  core::assessment answer;
  answer.strategy = table()->strategies.front();
  answer.final = true;
  batch->items = {answer};
  caf::anon_send(failing, messages::assessments{batch});
  fails = true;
  CHECK_FALSE(ask<messages::stats_listing>(*this, failing, atom::query_v));
  auto got = ask<messages::stats_listing>(*this, failing, atom::query_v);
  REQUIRE(got);
  CHECK(got->strategies.at(0).counts.answered == 1);
  CHECK(faults->counts()["stats"] == 1);
}
