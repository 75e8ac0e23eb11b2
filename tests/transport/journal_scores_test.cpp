#include "journal_support.hpp"
#include "transport/journal_scores.hpp"

#include <algorithm>
#include <limits>

using namespace riskbreaker;
using namespace riskbreaker::transport;
using riskbreaker::tests::journal_fixture;

namespace {

struct fixture : journal_fixture {
  /// Of a pair's candle number `seq`.
  journal_answer scored(const std::string& pair, std::uint64_t seq,
                        double score, double confidence = 0.5) {
    auto out = answer(pair, seq);
    auto x = std::make_shared<core::assessment>(*out.what);
    x->score = score;
    x->confidence = confidence;
    return {std::move(x), seq};
  }

  std::vector<score_topic> topics(const score_query& query = {}) {
    auto got = find_score_topics(file.path, query);
    if (auto* bad = std::get_if<journal_error>(&got))
      FAIL(bad->message);
    return std::get<std::vector<score_topic>>(got);
  }

  std::vector<candle_score>
  read(const score_topic& topic, const score_query& query = {},
       std::size_t page = 5'000, std::size_t most = 1'000'000) {
    std::vector<candle_score> out;
    auto bad = read_scores(
      file.path, topic, query,
      [&](const candle_score& x) {
        out.push_back(x);
        return out.size() < most;
      },
      page);
    if (bad)
      FAIL(bad->message);
    return out;
  }

  std::string error(const std::string& path) {
    auto got = find_score_topics(path, {});
    REQUIRE(std::holds_alternative<journal_error>(got));
    return std::get<journal_error>(got).message;
  }
};

} // namespace

TEST_CASE_METHOD(fixture, "scores come back bit for bit, beside the writer",
                 "[journal]") {
  open();
  auto odd = std::nextafter(0.1 + 0.2, 1.0);
  write({.answers = {scored("A/B", 1, odd, 1.0 / 3), scored("A/B", 2, 100)}});
  auto got = read(topics({.pair = "A/B"}).at(0)); // the writer is still there
  REQUIRE(got.size() == 2);
  CHECK(got[0].time == at(300));
  CHECK(got[0].score == odd);
  CHECK(got[0].confidence == 1.0 / 3);
  CHECK(got[0].verdict == "block");
  CHECK(got[0].source == "fallback");
  CHECK(got[0].cause == "llm_disabled");
  CHECK(got[1].score == 100);
  journal.reset();
  CHECK(read(topics().at(0)).size() == 2); // and without one
}

TEST_CASE_METHOD(fixture, "each topic has its own scores, found by its names",
                 "[journal]") {
  open();
  write({.answers
         = {scored("A/B", 1, 1), scored("C/D", 1, 2), answer("A/B", 1, "1h")}});
  CHECK(topics().size() == 3);
  CHECK(topics({.strategy = "s", .pair = "A/B"}).size() == 2);
  CHECK(topics({.timeframe = "1h"}).size() == 1);
  CHECK(topics({.strategy = "other"}).empty());
  CHECK(read(topics({.pair = "C/D"}).at(0)).at(0).score == 2);
}

TEST_CASE_METHOD(fixture,
                 "a time range begins with its start and ends before "
                 "its end",
                 "[journal]") {
  open();
  for (std::uint64_t i = 1; i <= 4; ++i)
    write({.answers = {scored("A/B", i, static_cast<double>(i))}});
  auto topic = topics().at(0);
  auto scores = [&](score_query query) {
    std::vector<double> out;
    for (const auto& x : read(topic, query))
      out.push_back(x.score);
    return out;
  };
  using all = std::vector<double>;
  auto ms = core::milliseconds{1};
  CHECK(scores({.from = at(600)}) == all{2, 3, 4});
  CHECK(scores({.from = at(600) + ms}) == all{3, 4});
  CHECK(scores({.to = at(900)}) == all{1, 2});
  CHECK(scores({.to = at(900) + ms}) == all{1, 2, 3});
  CHECK(scores({.from = at(600), .to = at(600)}) == all{});
}

TEST_CASE_METHOD(fixture,
                 "of a candle assessed twice the newest counts, on "
                 "either side of a page",
                 "[journal]") {
  open();
  for (auto score : {1.0, 2.0, 3.0}) // the same candle
    write({.answers = {scored("A/B", 1, score)}});
  write({.answers = {scored("A/B", 2, 4)}});
  auto topic = topics().at(0);
  for (auto page : {1U, 2U, 3U, 4U, 5U}) {
    auto got = read(topic, {}, page);
    REQUIRE(got.size() == 2);
    CHECK(got[0].score == 3);
    CHECK(got[1].score == 4);
  }
  CHECK(read(topic, {}, 1, 1).size() == 1); // who has enough gets no more
}

TEST_CASE_METHOD(fixture, "what is no journal is said to be none",
                 "[journal]") {
  CHECK(error(folder + "/none.db").find("none.db") != std::string::npos);
  open();
  {
    sqlite_database db{file.path, false};
    db.execute("PRAGMA user_version = 99");
  }
  CHECK(error(file.path).find("newer riskbreaker") != std::string::npos);
  {
    sqlite_database db{file.path, false};
    db.execute("PRAGMA application_id = 7");
  }
  CHECK(error(file.path).find("is no journal") != std::string::npos);
}
