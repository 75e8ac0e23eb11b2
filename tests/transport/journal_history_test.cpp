#include "tests/transport/journal_support.hpp"
#include "transport/control_codec.hpp"

#include <nlohmann/json.hpp>

#include <thread>

using namespace riskbreaker;
using namespace riskbreaker::tests;
using json = nlohmann::ordered_json;

namespace {

std::vector<std::uint64_t> seqs(const std::vector<core::past_assessment>& all) {
  std::vector<std::uint64_t> out;
  for (const auto& x : all)
    out.push_back(x.seq);
  return out;
}

} // namespace

TEST_CASE_METHOD(journal_fixture,
                 "journal: an assessment comes back as it was published",
                 "[journal]") {
  auto x = std::make_shared<core::assessment>(*answer("A/\"B", 7).what);
  x->score = 100.0 / 3;
  x->confidence = 0.1 + 0.2;
  x->requested_at = at(-1);
  x->valid_until = at(999);
  x->breaker = core::breaker_state::half_open;
  for (std::size_t i = 0; i < core::factor_count; ++i)
    x->fallback.factors[i].kind = static_cast<core::factor_kind>(i);
  x->fallback.factors[0] = {core::factor_kind::rsi, 71.25, 20, 0.3, true};
  x->fallback.factors[3]
    = {core::factor_kind::price_action, -0.0, -1.5, 0.2, true};
  SECTION("of the fallback") {
    // nop
  }
  SECTION("of a model") {
    auto report = std::make_shared<core::llm_report>();
    report->endpoint = "e";
    report->model = "m";
    report->latency = core::milliseconds{1'234};
    report->attempts = 2;
    report->prompt_tokens = 900;
    report->completion_tokens = 50;
    report->tokens_estimated = true;
    report->cost_usd = 1.0 / 7;
    report->reasoning = "a \"reason\"\n<script>";
    x->llm = report;
    x->source = core::answer_source::llm;
    x->cause.reset();
    x->verdict = core::verdict::allow;
  }
  open();
  write({.answers = {{x, 7}}});
  std::string published{
    transport::make_json_encoder("b00t")->assessment(*x, 7)};
  auto reply
    = json::parse(transport::make_control_codec()->history("5", history()));
  CHECK(reply["ok"] == true);
  CHECK(reply["id"] == 5);
  REQUIRE(reply["assessments"].size() == 1);
  CHECK(reply["assessments"][0].dump() == json::parse(published).dump());
}

TEST_CASE_METHOD(journal_fixture,
                 "journal: history is newest first, of what was asked for",
                 "[journal]") {
  open();
  transport::journal_batch batch;
  for (std::uint64_t i = 1; i <= 60; ++i)
    batch.answers.push_back(
      answer(i % 3 == 0 ? "A/B" : "C/D", i, i % 2 == 0 ? "5m" : "1h"));
  write(batch);
  CHECK(seqs(history({.limit = 3})) == std::vector<std::uint64_t>{60, 59, 58});
  CHECK(seqs(history({.strategy = "s", .limit = 4}))
        == std::vector<std::uint64_t>{60, 59, 58, 57});
  CHECK(seqs(history({.pair = "A/B", .limit = 3}))
        == std::vector<std::uint64_t>{60, 57, 54});
  CHECK(seqs(history({.pair = "A/B", .timeframe = "1h", .limit = 2}))
        == std::vector<std::uint64_t>{57, 51});
  CHECK(history({.pair = "A/B"}).size() == 20);
  CHECK(history({.strategy = "other"}).empty());
}

TEST_CASE_METHOD(journal_fixture,
                 "journal: who reads sees each batch whole, and waits for "
                 "nobody",
                 "[journal]") {
  open();
  auto reader = transport::make_journal_reader(file.path);
  std::thread writer{[&] {
    for (std::uint64_t i = 0; i < 60; ++i)
      if (journal->write({.answers = {10, answer("A/B", i)}}))
        break;
  }};
  std::size_t last = 0;
  for (int i = 0; i < 200; ++i) {
    auto got = reader->history({.limit = 1'000});
    REQUIRE(std::holds_alternative<std::vector<core::past_assessment>>(got));
    auto n = std::get<std::vector<core::past_assessment>>(got).size();
    REQUIRE(n % 10 == 0);
    REQUIRE(n >= last);
    last = n;
  }
  writer.join();
  CHECK(history({.limit = 1'000}).size() == 600);
}

TEST_CASE_METHOD(journal_fixture,
                 "journal: a reader without a file says so, and finds it later",
                 "[journal]") {
  auto reader = transport::make_journal_reader(file.path);
  auto got = reader->history({});
  REQUIRE(std::holds_alternative<transport::journal_error>(got));
  CHECK_THAT(std::get<transport::journal_error>(got).message,
             Catch::Contains(file.path));
  open();
  CHECK(std::holds_alternative<std::vector<core::past_assessment>>(
    reader->history({})));
}
