#include "app/drill_record.hpp"
#include "app/drill_report_view.hpp"
#include "tests/support/catch.hpp"

using namespace riskbreaker;
using namespace std::chrono_literals;
using app::drill_phase;
using app::drill_record;

namespace {

struct fixture {
  core::steady_time now{1h};
  drill_record x{now};

  void pass(core::milliseconds by) {
    now += by;
  }

  /// A request that is answered after 100 ms.
  void answer(const std::string& cause) {
    auto number = x.asked(now);
    pass(100ms);
    x.answered(number, cause, now);
  }

  /// A drill in which all goes well.
  void whole() {
    x.saw("closed", 0, now);
    answer("");
    x.enter(drill_phase::outage, now);
    answer("llm_server_error");
    pass(400ms);
    x.saw("open", 3, now);
    answer("breaker_open");
    x.saw("half_open", 3, now);
    x.saw("open", 3, now);
    x.enter(drill_phase::recovery, now);
    answer("breaker_open");
    x.saw("half_open", 3, now);
    answer("");
    pass(50ms);
    x.saw("closed", 0, now);
  }
};

} // namespace

TEST_CASE_METHOD(fixture, "a drill's times are counted from break and mending",
                 "[drill]") {
  whole();
  auto r = x.report();
  CHECK(r.time_to_open == 500ms);
  CHECK(r.failures_to_open == 3);
  CHECK(r.failed_probes == 1);
  CHECK(r.time_to_llm == 200ms);
  CHECK(r.time_to_recover == 250ms);
  CHECK(r.states
        == std::vector<std::string>{"closed", "open", "half_open", "open",
                                    "half_open", "closed"});
  CHECK(app::drill_faults(r).empty());
}

TEST_CASE_METHOD(fixture, "a request counts where it was asked", "[drill]") {
  auto early = x.asked(now);
  x.enter(drill_phase::outage, now);
  auto other = x.asked(now);
  pass(3s);
  x.answered(early, "llm_timeout", now);
  x.refused(other, "timeout", now);
  x.answered(early, "", now); // a second answer does not count
  x.answered(99, "", now);
  auto r = x.report();
  CHECK(r.phases[0].asked == 1);
  CHECK(r.phases[0].answered == 1);
  CHECK(r.phases[0].by_llm == 0);
  CHECK(r.phases[0].by_cause.at("llm_timeout") == 1);
  CHECK(r.phases[0].slowest == 3s);
  CHECK(r.phases[1].errors.at("timeout") == 1);
  CHECK(r.phases[1].answered == 0);
  CHECK_FALSE(r.phases[2].median);
}

TEST_CASE_METHOD(fixture,
                 "the LLM's answers count after the mending by when "
                 "they were asked for",
                 "[drill]") {
  x.enter(drill_phase::outage, now);
  auto hung = x.asked(now);
  x.enter(drill_phase::recovery, now);
  pass(1s);
  x.answered(hung, "", now);
  CHECK_FALSE(x.report().time_to_llm);
  CHECK(x.llm_answers() == 0);
  answer("");
  CHECK(x.report().time_to_llm == 1'100ms);
}

TEST_CASE_METHOD(fixture, "the median is a time that was measured", "[drill]") {
  for (auto took : {5ms, 1ms, 3ms, 9ms}) {
    auto number = x.asked(now);
    pass(took);
    x.answered(number, "", now);
  }
  CHECK(x.report().phases[0].median == 3ms);
  CHECK(x.report().phases[0].slowest == 9ms);
}

TEST_CASE_METHOD(fixture, "what went wrong is named", "[drill]") {
  SECTION("nothing opened") {
    x.saw("closed", 0, now);
    x.enter(drill_phase::outage, now);
    answer("llm_bad_request");
    CHECK(app::drill_faults(x.report())
          == std::vector<std::string>{"the breaker did not open"});
  }
  SECTION("it stayed open") {
    x.enter(drill_phase::outage, now);
    x.saw("open", 3, now);
    x.enter(drill_phase::recovery, now);
    x.saw("half_open", 3, now);
    x.saw("open", 3, now);
    CHECK(app::drill_faults(x.report())
          == std::vector<std::string>{"the breaker did not close again"});
  }
  SECTION("it closed, and the LLM is not asked") {
    x.enter(drill_phase::outage, now);
    x.saw("open", 3, now);
    x.enter(drill_phase::recovery, now);
    x.saw("closed", 0, now);
    CHECK(app::drill_faults(x.report())
          == std::vector<std::string>{"the LLM's answers did not come back"});
  }
  SECTION("a request was lost") {
    whole();
    x.asked(now);
    CHECK(app::drill_faults(x.report())
          == std::vector<std::string>{
            "1 of 3 requests after the mending got no answer"});
  }
  SECTION("it was open before the LLM broke") {
    x.saw("open", 3, now);
    x.enter(drill_phase::outage, now);
    x.saw("open", 3, now);
    CHECK_FALSE(x.report().time_to_open);
  }
}

TEST_CASE_METHOD(fixture, "the report says the same to people and programs",
                 "[drill]") {
  whole();
  auto text = app::drill_text(x.report());
  CHECK_THAT(text, Catch::Contains("time to open:     0.50 s, after 3 failed"));
  CHECK_THAT(text, Catch::Contains("outage breaker_open 1"));
  auto json = app::drill_json(x.report(), {"s", "BTC/USDT", "5m", "hang"});
  CHECK(json["ok"] == true);
  CHECK(json["time_to_open_s"] == 0.5);
  CHECK(json["phases"]["outage"]["by_cause"]["breaker_open"] == 1);
  // What never happened is not 0.
  auto none = app::drill_json(drill_record{now}.report(), {});
  CHECK(none["ok"] == false);
  CHECK(none["time_to_open_s"].is_null());
  CHECK_THAT(app::drill_text(drill_record{now}.report()),
             Catch::Contains("time to open:     never"));
}
