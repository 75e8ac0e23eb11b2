#include "tests/transport/journal_support.hpp"

#include <csignal>
#include <sys/resource.h>

using namespace riskbreaker;
using namespace riskbreaker::tests;
using transport::journal_batch;

namespace {

/// No file may grow beyond `bytes`, while this lives: a disk that is full.
class full_disk {
public:
  explicit full_disk(rlim_t bytes) {
    std::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &before_);
    rlimit less{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &less);
  }
  ~full_disk() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
  }

private:
  rlimit before_{};
};

} // namespace

TEST_CASE_METHOD(journal_fixture, "journal: what happened stands in its tables",
                 "[journal]") {
  open();
  journal_batch batch;
  core::transition opened;
  opened.to = core::breaker_state::open;
  opened.why = core::transition_cause::trip_now;
  opened.detail = core::cause::llm_auth;
  batch.transitions.push_back({"s", opened, at(1), at(301)});
  auto report = std::make_shared<core::llm_report>();
  report->endpoint = "e";
  report->attempts = 3;
  report->cost_usd = 0.25;
  batch.calls.push_back(
    {"s", at(2), 4, core::call_verdict::trip, core::cause::llm_auth, report});
  batch.calls.push_back({"s", at(3), 1, core::call_verdict::neutral,
                         core::cause::overloaded, nullptr});
  batch.refusals.push_back(
    {at(4), {{core::refusal_reason::bad_price, "low is 0"}, "{…}", 7}});
  write(batch);
  CHECK(number("SELECT count(*) FROM transitions WHERE from_state = 'closed' "
               "AND to_state = 'open' AND cause = 'trip_now:llm_auth' AND "
               "at = 1700000101000 AND retry_at = 1700000401000")
        == 1);
  CHECK(number("SELECT count(*) FROM llm_calls WHERE outcome = 'llm_auth' AND "
               "verdict = 'trip' AND requests = 4 AND endpoint = 'e' AND "
               "attempts = 3 AND cost_usd = 0.25 AND ended_at = 1700000102000")
        == 1);
  // What was not sent has no 0 tokens and no cost of 0: it has none.
  CHECK(
    number("SELECT count(*) FROM llm_calls WHERE outcome = 'overloaded' AND "
           "endpoint IS NULL AND attempts IS NULL AND cost_usd IS NULL")
    == 1);
  CHECK(number("SELECT count(*) FROM refused WHERE reason = 'bad_price' AND "
               "detail = 'low is 0' AND excerpt = '{…}' AND count = 7")
        == 1);
}

TEST_CASE_METHOD(journal_fixture,
                 "journal: a batch is written whole or not at all, and a full "
                 "disk mends",
                 "[journal]") {
  open();
  write({.answers = {answer("A/B", 1)}});
  journal_batch large;
  for (std::uint64_t i = 0; i < 3'000; ++i)
    large.answers.push_back(answer("P" + std::to_string(i % 50) + "/USDT", i));
  large.breakers["s"].state = core::breaker_state::forced_open;
  {
    full_disk full{100'000};
    auto bad = journal->write(large);
    REQUIRE(bad);
    CHECK(bad->what == transport::journal_error::kind::unavailable);
    CHECK_THAT(bad->message, Catch::Contains(file.path));
    CHECK(journal->write(large)); // and again
  }
  CHECK(history().size() == 1);
  CHECK(load().breakers.empty());
  write(large); // the rows made by the failed one are made anew
  CHECK(number("SELECT count(*) FROM assessments") == 3'001);
  CHECK(
    number("SELECT count(*) FROM assessments a LEFT JOIN topics t ON t.id = "
           "a.topic LEFT JOIN boots b ON b.id = a.boot WHERE t.id IS NULL OR "
           "b.id IS NULL")
    == 0);
  CHECK(load().breakers.at("s").state == core::breaker_state::forced_open);
}

TEST_CASE_METHOD(journal_fixture, "journal: old rows go in small steps",
                 "[journal]") {
  open();
  journal_batch batch;
  for (std::uint64_t i = 0; i < 2'500; ++i)
    batch.answers.push_back(answer("A/B", i));
  batch.refusals.push_back({at(0), {}});
  batch.refusals.push_back({at(1'000'000), {}});
  write(batch);
  auto prune = [&](core::unix_ms before) {
    auto more = journal->prune(before);
    REQUIRE(std::holds_alternative<bool>(more));
    return std::get<bool>(more);
  };
  auto limit = at(300 * 1'500);
  CHECK(prune(limit));
  CHECK(number("SELECT count(*) FROM assessments") == 1'500);
  CHECK_FALSE(prune(limit));
  CHECK(number("SELECT count(*) FROM assessments") == 1'000);
  CHECK(number("SELECT min(seq) FROM assessments") == 1'500);
  CHECK(number("SELECT count(*) FROM refused") == 1);
  CHECK_FALSE(prune(limit));
}

TEST_CASE_METHOD(journal_fixture,
                 "journal: garbage that comes day and night does not fill the "
                 "disk",
                 "[journal]") {
  open();
  journal_batch batch;
  batch.refusals.assign(101'500, {at(0), {}});
  write(batch);
  while (std::get<bool>(journal->prune(at(-1)))) {
    // nop
  }
  CHECK(number("SELECT count(*) FROM refused") == 100'000);
  CHECK(number("SELECT min(id) FROM refused") == 1'501);
}
