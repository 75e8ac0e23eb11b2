#pragma once

#include "core/time.hpp"

#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace riskbreaker::transport {

/// What SQLite could not do. Stays inside transport: the journal's functions
/// return it as a `journal_error`.
class sqlite_failure : public std::runtime_error {
public:
  sqlite_failure(int code_, const std::string& what)
    : std::runtime_error(what), code(code_) {
    // nop
  }
  int code; ///< SQLite's primary result code
};

/// An open database file. One thread at a time.
class sqlite_database {
public:
  /// Never creates a file.
  sqlite_database(const std::string& path, bool read_only);

  void execute(const char* sql);
  std::int64_t number(const char* sql); ///< of a query with one value
  std::int64_t last_id() const noexcept;
  std::int64_t changed_rows() const noexcept;
  bool in_transaction() const noexcept;
  sqlite3* handle() const noexcept {
    return db_.get();
  }

private:
  struct closer {
    void operator()(sqlite3* x) const noexcept;
  };
  std::unique_ptr<sqlite3, closer> db_;
};

/// A prepared statement. Texts that are bound must live until it has run.
class sqlite_statement {
public:
  sqlite_statement() = default;
  sqlite_statement(sqlite_database& db, std::string_view sql);

  /// Runs a statement that gives no rows.
  template <class... Ts>
  void run(const Ts&... xs) {
    start(xs...);
    next();
    reset();
  }

  /// Begins a query; `next` steps through its rows.
  template <class... Ts>
  void start(const Ts&... xs) {
    reset();
    int place = 0;
    (bind(++place, xs), ...);
  }

  /// Whether there is one more row.
  bool next();
  void reset() noexcept;

  std::int64_t integer(int column) const noexcept;
  double real(int column) const noexcept;
  std::string text(int column) const;
  bool is_null(int column) const noexcept;
  core::unix_ms time(int column) const noexcept {
    return core::unix_ms{core::milliseconds{integer(column)}};
  }

private:
  void bind(int place, std::int64_t x);
  void bind(int place, double x);
  void bind(int place, std::string_view x);
  void bind(int place, std::nullopt_t);
  void bind(int place, const char* x) {
    bind(place, std::string_view{x});
  }
  void bind(int place, const std::string& x) {
    bind(place, std::string_view{x});
  }
  void bind(int place, core::unix_ms x) {
    bind(place, std::int64_t{x.time_since_epoch().count()});
  }
  template <std::integral T>
  void bind(int place, T x) {
    bind(place, static_cast<std::int64_t>(x));
  }
  template <class T>
  void bind(int place, const std::optional<T>& x) {
    x ? bind(place, *x) : bind(place, std::nullopt);
  }
  void check(int code) const;

  struct finalizer {
    void operator()(sqlite3_stmt* x) const noexcept;
  };
  std::unique_ptr<sqlite3_stmt, finalizer> statement_;
};

} // namespace riskbreaker::transport
