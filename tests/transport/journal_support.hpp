#pragma once

#include "tests/support/catch.hpp"
#include "transport/journal_file.hpp"
#include "transport/sqlite.hpp"

#include <filesystem>
#include <memory>
#include <stdlib.h>
#include <string>
#include <utility>

namespace riskbreaker::tests {

/// A folder of its own for each test, and the journal in it.
struct journal_fixture {
  journal_fixture() {
    auto pattern
      = (std::filesystem::temp_directory_path() / "journal_test_XXXXXX")
          .string();
    REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    folder = pattern;
    file.path = folder + "/j.db";
    file.boot = "b00t";
    file.version = "1.2.3";
    file.started = at(0);
    limits.now = at(0);
    auto x = std::make_shared<core::strategy>();
    x->name = "s";
    strategy = x;
  }

  ~journal_fixture() {
    journal.reset();
    std::filesystem::remove_all(folder);
  }

  static core::unix_ms at(std::int64_t seconds) {
    return core::unix_ms{
      core::milliseconds{1'700'000'100'000 + seconds * 1'000}};
  }

  void open() {
    auto opened = transport::open_journal_file(file);
    if (auto* bad = std::get_if<transport::journal_error>(&opened))
      FAIL(bad->message);
    journal = std::get<std::unique_ptr<transport::journal>>(std::move(opened));
  }

  /// Why it does not open.
  transport::journal_error refused() const {
    auto opened = transport::open_journal_file(file);
    REQUIRE(std::holds_alternative<transport::journal_error>(opened));
    return std::get<transport::journal_error>(opened);
  }

  void write(const transport::journal_batch& batch) {
    auto bad = journal->write(batch);
    if (bad)
      FAIL(bad->message);
  }

  transport::journal_memory load() {
    auto got = journal->load(limits);
    if (auto* bad = std::get_if<transport::journal_error>(&got))
      FAIL(bad->message);
    return std::get<transport::journal_memory>(std::move(got));
  }

  transport::journal_answer answer(const std::string& pair, std::uint64_t seq,
                                   const std::string& frame = "5m") const {
    auto x = std::make_shared<core::assessment>();
    x->id = 100 + seq;
    x->strategy = strategy;
    x->series = std::make_shared<const core::series_key>(
      core::series_key{pair, *core::timeframe::parse(frame)});
    x->candle_time = at(300 * static_cast<std::int64_t>(seq));
    x->issued_at = at(300 * static_cast<std::int64_t>(seq) + 1);
    x->cause = core::cause::llm_disabled;
    return {std::move(x), seq};
  }

  std::int64_t number(const std::string& sql) const {
    transport::sqlite_database db{file.path, true};
    return db.number(sql.c_str());
  }

  std::vector<core::past_assessment> history(core::history_query query = {}) {
    auto got = transport::make_journal_reader(file.path)->history(query);
    if (auto* bad = std::get_if<transport::journal_error>(&got))
      FAIL(bad->message);
    return std::get<std::vector<core::past_assessment>>(std::move(got));
  }

  std::string folder;
  transport::journal_file_config file;
  transport::journal_limits limits;
  std::shared_ptr<const core::strategy> strategy;
  std::unique_ptr<transport::journal> journal;
};

} // namespace riskbreaker::tests
