#pragma once

#include "messages/type_ids.hpp"
#include "tests/support/catch.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/detail/test_actor_clock.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <spdlog/spdlog.h>

#include <vector>

namespace riskbreaker::tests {

/// An actor system that runs on the test's own thread and on simulated time.
/// (caf/test/dsl.hpp does the same but reports to CAF's runner, not to Catch2.)
struct actor_fixture {
  struct config : caf::actor_system_config {
    config() {
      spdlog::set_level(spdlog::level::off);
      set("scheduler.policy", caf::atom("testing"));
      set("logger.console", caf::atom("none"));
      add_message_types<caf::id_block::riskbreaker>();
    }
  };

  actor_fixture()
    : sys(cfg),
      self(sys, true),
      sched(dynamic_cast<caf::scheduler::test_coordinator&>(sys.scheduler())),
      began(sched.clock().now()) {
    // nop
  }

  ~actor_fixture() {
    // The coordinator fires timers until none is left, and ours arm themselves
    // again: the actors have to be gone before it goes.
    for (const auto& x : owned)
      caf::anon_send_exit(x, caf::exit_reason::kill);
    settle();
    sched.clock().cancel_all();
  }

  /// Ends `x` with the fixture.
  template <class Handle>
  Handle own(Handle x) {
    owned.push_back(caf::actor_cast<caf::actor>(x));
    return x;
  }

  /// Runs every ready actor until nothing is left to do; each run takes `each`
  /// of simulated time.
  void settle(caf::timespan each = {}) {
    while (sched.try_run_once())
      if (each.count() > 0)
        sched.advance_time(each);
  }

  /// Moves time forward, fires what became due, and settles.
  void advance(caf::timespan by) {
    sched.advance_time(by);
    settle();
  }

  /// Wall time that moves with the simulated clock.
  core::unix_ms wall() const {
    return wall_start
           + std::chrono::floor<core::milliseconds>(sched.clock().now()
                                                    - began);
  }

  /// 2023-11-14T22:15:00Z, a multiple of five minutes.
  core::unix_ms wall_start{core::milliseconds{1'700'000'100'000}};

  config cfg;
  caf::actor_system sys;
  caf::scoped_actor self;
  caf::scheduler::test_coordinator& sched;
  caf::actor_clock::time_point began;
  std::vector<caf::actor> owned;
};

/// Sends `xs` to `whom`, settles, and returns the reply or the error.
template <class Result, class Handle, class... Ts>
caf::expected<Result> ask(actor_fixture& fix, const Handle& whom, Ts... xs) {
  caf::expected<Result> out{caf::sec::request_timeout};
  auto pending = fix.self->request(whom, caf::infinite, std::move(xs)...);
  fix.settle();
  pending.receive([&](Result& x) { out = std::move(x); },
                  [&](caf::error& err) { out = std::move(err); });
  return out;
}

} // namespace riskbreaker::tests
