#include "transport/sqlite.hpp"

#include <cstring>
#include <sqlite3.h>

namespace riskbreaker::transport {

namespace {

[[noreturn]] void fail(sqlite3* db, int code) {
  std::string what = db ? sqlite3_errmsg(db) : sqlite3_errstr(code);
  auto primary = code & 0xff;
  // "disk I/O error" alone says nothing that an operator could act on.
  if (primary == SQLITE_IOERR || primary == SQLITE_CANTOPEN)
    if (auto number = db ? sqlite3_system_errno(db) : 0; number != 0)
      what += std::string{" ("} + std::strerror(number) + ")";
  throw sqlite_failure{primary, what};
}

} // namespace

void sqlite_database::closer::operator()(sqlite3* x) const noexcept {
  sqlite3_close_v2(x);
}

sqlite_database::sqlite_database(const std::string& path, bool read_only) {
  sqlite3* db = nullptr;
  auto how = read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
  auto code
    = sqlite3_open_v2(path.c_str(), &db, how | SQLITE_OPEN_NOMUTEX, nullptr);
  db_.reset(db); // there is one after a failure too
  if (code != SQLITE_OK)
    fail(db, code);
  sqlite3_extended_result_codes(db, 1);
  sqlite3_busy_timeout(db, 2'000);
}

void sqlite_database::execute(const char* sql) {
  auto code = sqlite3_exec(db_.get(), sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK)
    fail(db_.get(), code);
}

std::int64_t sqlite_database::number(const char* sql) {
  sqlite_statement query{*this, sql};
  query.start();
  return query.next() ? query.integer(0) : 0;
}

std::int64_t sqlite_database::last_id() const noexcept {
  return sqlite3_last_insert_rowid(db_.get());
}

std::int64_t sqlite_database::changed_rows() const noexcept {
  return sqlite3_changes64(db_.get());
}

bool sqlite_database::in_transaction() const noexcept {
  return sqlite3_get_autocommit(db_.get()) == 0;
}

void sqlite_statement::finalizer::operator()(sqlite3_stmt* x) const noexcept {
  sqlite3_finalize(x);
}

sqlite_statement::sqlite_statement(sqlite_database& db, std::string_view sql) {
  sqlite3_stmt* made = nullptr;
  auto code
    = sqlite3_prepare_v3(db.handle(), sql.data(), static_cast<int>(sql.size()),
                         SQLITE_PREPARE_PERSISTENT, &made, nullptr);
  statement_.reset(made);
  if (code != SQLITE_OK)
    fail(db.handle(), code);
}

void sqlite_statement::check(int code) const {
  if (code != SQLITE_OK)
    fail(sqlite3_db_handle(statement_.get()), code);
}

bool sqlite_statement::next() {
  auto code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW)
    return true;
  if (code != SQLITE_DONE)
    fail(sqlite3_db_handle(statement_.get()), code);
  return false;
}

void sqlite_statement::reset() noexcept {
  sqlite3_reset(statement_.get());
}

void sqlite_statement::bind(int place, std::int64_t x) {
  check(sqlite3_bind_int64(statement_.get(), place, x));
}

void sqlite_statement::bind(int place, double x) {
  check(sqlite3_bind_double(statement_.get(), place, x));
}

void sqlite_statement::bind(int place, std::string_view x) {
  check(sqlite3_bind_text(statement_.get(), place, x.empty() ? "" : x.data(),
                          static_cast<int>(x.size()), SQLITE_STATIC));
}

void sqlite_statement::bind(int place, std::nullopt_t) {
  check(sqlite3_bind_null(statement_.get(), place));
}

std::int64_t sqlite_statement::integer(int column) const noexcept {
  return sqlite3_column_int64(statement_.get(), column);
}

double sqlite_statement::real(int column) const noexcept {
  return sqlite3_column_double(statement_.get(), column);
}

std::string sqlite_statement::text(int column) const {
  auto size = sqlite3_column_bytes(statement_.get(), column);
  auto data = sqlite3_column_text(statement_.get(), column);
  if (!data)
    return {};
  // sqlite3_column_text may convert, so its size is asked for again.
  size = sqlite3_column_bytes(statement_.get(), column);
  return {reinterpret_cast<const char*>(data), static_cast<std::size_t>(size)};
}

bool sqlite_statement::is_null(int column) const noexcept {
  return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

} // namespace riskbreaker::transport
