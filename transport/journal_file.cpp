#include "transport/journal_file.hpp"

#include "transport/journal_hold.hpp"
#include "transport/journal_rows.hpp"
#include "transport/journal_schema.hpp"
#include "transport/journal_writer.hpp"

#include <cstdio>
#include <sqlite3.h>
#include <utility>

namespace riskbreaker::transport {

namespace {

using kind = journal_error::kind;

kind kind_of(int code) noexcept {
  switch (code) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return kind::damaged;
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_CANTOPEN:
      return kind::unusable;
    default:
      return kind::unavailable;
  }
}

const char* advice(int code) noexcept {
  switch (code) {
    case SQLITE_FULL:
      return "; free some space";
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return "; stop riskbreaker and move the file away: a new one is made";
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_CANTOPEN:
      return "; make it and its folder writable or set another journal.path";
    case SQLITE_BUSY:
      return "; another program writes to it: end that one";
    default:
      return "";
  }
}

class journal_file final : public journal {
public:
  journal_file(journal_file_config config, file_hold hold)
    : config_(std::move(config)),
      hold_(std::move(hold)),
      db_(config_.path, false) {
    // nop
  }

  /// What speaks against this file, or nothing.
  std::string prepare() {
    auto objection = bring_up_to_date(db_);
    if (!objection.empty())
      return objection;
    // NORMAL: a killed process loses nothing that was committed, a power cut
    // the last commits at most; the file is sound after both.
    db_.execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; "
                "PRAGMA journal_size_limit = 16777216");
    writer_.emplace(db_);
    return {};
  }

  std::optional<journal_error> write(const journal_batch& batch) override {
    return guarded([&] {
      db_.execute("BEGIN IMMEDIATE");
      put(batch);
      db_.execute("COMMIT");
    });
  }

  std::variant<bool, journal_error> prune(core::unix_ms before) override {
    bool more = false;
    auto bad = guarded([&] {
      db_.execute("BEGIN IMMEDIATE");
      more = prune_rows(db_, before);
      db_.execute("COMMIT");
      writer_->forget(); // series may be gone
    });
    if (bad)
      return *bad;
    return more;
  }

  std::variant<journal_memory, journal_error>
  load(const journal_limits& limits) override {
    journal_memory out;
    if (auto bad = guarded([&] { out = load_memory(db_, limits); }))
      return *bad;
    return out;
  }

  journal_error error_of(const sqlite_failure& x) const {
    return {kind_of(x.code),
            "journal " + config_.path + ": " + x.what() + advice(x.code)};
  }

private:
  template <class Function>
  std::optional<journal_error> guarded(Function f) {
    try {
      f();
      return std::nullopt;
    } catch (const sqlite_failure& x) {
      auto out = error_of(x);
      undo();
      return out;
    } catch (const std::exception& x) { // no memory
      undo();
      return journal_error{kind::unavailable,
                           "journal " + config_.path + ": " + x.what()};
    }
  }

  void undo() noexcept {
    writer_->forget();
    boot_.reset();
    if (db_.in_transaction())
      sqlite3_exec(db_.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
  }

  void put(const journal_batch& batch) {
    for (const auto& x : batch.answers)
      writer_->put(x, boot());
    for (const auto& x : batch.transitions)
      writer_->put(x);
    for (const auto& x : batch.calls)
      writer_->put(x);
    for (const auto& x : batch.refusals)
      writer_->put(x);
    for (const auto& list : batch.series)
      for (const auto& x : *list)
        writer_->put(x, batch.at);
    for (const auto& [strategy, x] : batch.breakers)
      writer_->put(strategy, x, batch.at);
    for (const auto& [endpoint, x] : batch.budgets)
      writer_->put(endpoint, x);
  }

  /// The row of this run, made with its first assessment.
  std::int64_t boot() {
    if (!boot_) {
      sqlite_statement find{db_, "SELECT id FROM boots WHERE boot = ?"};
      find.start(config_.boot);
      if (find.next()) {
        boot_ = find.integer(0);
      } else {
        sqlite_statement{db_, "INSERT INTO boots VALUES (NULL, ?, ?, ?)"}.run(
          config_.boot, config_.version, config_.started);
        boot_ = db_.last_id();
      }
    }
    return *boot_;
  }

  journal_file_config config_;
  file_hold hold_; // before the database, which it must outlive
  sqlite_database db_;
  std::optional<journal_writer> writer_;
  std::optional<std::int64_t> boot_;
};

} // namespace

journal_opening open_journal_file(const journal_file_config& config) {
  const auto& path = config.path;
  auto held = hold_journal(path);
  if (auto* bad = std::get_if<journal_error>(&held))
    return std::move(*bad);
  try {
    auto out = std::make_unique<journal_file>(
      config, std::get<file_hold>(std::move(held)));
    auto objection = out->prepare();
    if (!objection.empty())
      return journal_error{kind::unusable, "journal " + path + " " + objection};
    return out;
  } catch (const sqlite_failure& x) {
    return journal_error{kind_of(x.code),
                         "journal " + path + ": " + x.what() + advice(x.code)};
  }
}

std::string move_journal_aside(const std::string& path, core::unix_ms now) {
  auto seconds = now.time_since_epoch().count() / 1'000;
  auto to = path + ".damaged-" + std::to_string(seconds);
  if (std::rename(path.c_str(), to.c_str()) != 0)
    return {};
  // What was not yet merged into the file; they may not be there.
  for (const char* suffix : {"-wal", "-shm"})
    std::rename((path + suffix).c_str(), (to + suffix).c_str());
  return to;
}

} // namespace riskbreaker::transport
