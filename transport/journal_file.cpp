#include "transport/journal_file.hpp"

#include "transport/journal_rows.hpp"
#include "transport/journal_schema.hpp"
#include "transport/journal_writer.hpp"

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <sqlite3.h>
#include <sys/file.h>
#include <unistd.h>
#include <utility>

namespace riskbreaker::transport {

namespace {

using kind = journal_error::kind;

/// Holds the file against other daemons, until closed or dead. Not SQLite's
/// own lock, which would keep readers out too. Closing this descriptor would
/// drop SQLite's locks on the file: it has to outlive the database.
class file_hold {
public:
  explicit file_hold(int fd) noexcept : fd_(fd) {
    // nop
  }
  file_hold(file_hold&& x) noexcept : fd_(std::exchange(x.fd_, -1)) {
    // nop
  }
  ~file_hold() {
    if (fd_ >= 0)
      ::close(fd_);
  }
  bool lock() const noexcept {
    return ::flock(fd_, LOCK_EX | LOCK_NB) == 0;
  }
  int fd() const noexcept {
    return fd_;
  }

private:
  int fd_;
};

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

journal_error refusal(kind what, const std::string& path,
                      const std::string& why) {
  return {what, "journal " + path + " " + why};
}

/// Why the file could not be opened or made, for the user.
journal_error refusal(const std::string& path, int number) {
  std::string why = std::strerror(number);
  switch (number) {
    case ENOENT:
    case ENOTDIR:
      return refusal(kind::unusable, path,
                     "cannot be made: its folder does not exist; create the "
                     "folder or set another journal.path");
    case EISDIR:
      return refusal(kind::unusable, path,
                     "is a folder; name a file in journal.path");
    case EACCES:
    case EPERM:
    case EROFS:
      return refusal(kind::unusable, path,
                     "cannot be written (" + why
                       + "); make it and its folder writable, or set another "
                         "journal.path (null: no journal)");
    default:
      return refusal(kind::unavailable, path, "cannot be opened: " + why);
  }
}

/// Looks at the first bytes, before SQLite does and would write.
std::optional<journal_error> foreign(const std::string& path, int fd) {
  static constexpr std::string_view magic{"SQLite format 3\0", 16};
  std::array<char, 16> head{};
  auto got = ::pread(fd, head.data(), head.size(), 0);
  if (got == 0)
    return std::nullopt; // new
  std::string_view text{head.data(),
                        got > 0 ? static_cast<std::size_t>(got) : 0};
  if (text == magic)
    return std::nullopt;
  // What a power cut may leave of a file.
  if (text.find_first_not_of('\0') == text.npos)
    return refusal(kind::damaged, path, "holds nothing but zeros");
  return refusal(kind::unusable, path,
                 "is no SQLite database; set another journal.path");
}

} // namespace

journal_opening open_journal_file(const journal_file_config& config) {
  const auto& path = config.path;
  // SQLite would make it readable for all.
  file_hold hold{
    ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR)};
  if (hold.fd() < 0)
    return refusal(path, errno);
  if (!hold.lock())
    return refusal(kind::unusable, path,
                   "is in use by another riskbreaker; stop that one or set "
                   "another journal.path");
  if (auto bad = foreign(path, hold.fd()))
    return *bad;
  try {
    auto out = std::make_unique<journal_file>(config, std::move(hold));
    auto objection = out->prepare();
    if (!objection.empty())
      return refusal(kind::unusable, path, objection);
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
