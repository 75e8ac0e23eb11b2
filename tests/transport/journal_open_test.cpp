#include "tests/transport/journal_support.hpp"

#include <fstream>
#include <sys/stat.h>

using namespace riskbreaker;
using namespace riskbreaker::tests;
using kind = transport::journal_error::kind;
using Catch::Contains;

namespace {

void put_text(const std::string& path, const std::string& text) {
  std::ofstream{path, std::ios::binary} << text;
}

void change(const std::string& path, const char* sql) {
  transport::sqlite_database{path, false}.execute(sql);
}

} // namespace

TEST_CASE_METHOD(journal_fixture, "journal: a new file is its owner's alone",
                 "[journal]") {
  open();
  write({.breakers = {{"s", {}}}});
  for (auto suffix : {"", "-wal", "-shm"}) {
    struct stat x {};
    REQUIRE(::stat((file.path + suffix).c_str(), &x) == 0);
    CHECK((x.st_mode & 0777) == 0600);
  }
  CHECK(number("PRAGMA user_version") == 1);
}

TEST_CASE_METHOD(journal_fixture, "journal: one daemon at a time",
                 "[journal]") {
  open();
  auto bad = refused();
  CHECK(bad.what == kind::unusable);
  CHECK_THAT(bad.message, Contains(file.path) && Contains("in use by another")
                            && Contains("journal.path"));
  journal.reset();
  open();
  write({.breakers = {{"s", {}}}});
}

TEST_CASE_METHOD(journal_fixture,
                 "journal: what is not ours is refused and left as it is",
                 "[journal]") {
  SECTION("some text") {
    put_text(file.path, "{\"strategies\": {}}");
    CHECK_THAT(refused().message, Contains("is no SQLite database"));
    CHECK(std::filesystem::file_size(file.path) == 18);
  }
  SECTION("another program's database") {
    put_text(file.path, "");
    change(file.path, "CREATE TABLE trades (id INTEGER)");
    CHECK_THAT(refused().message, Contains("another program"));
    CHECK(number("SELECT count(*) FROM sqlite_schema") == 1);
  }
  SECTION("a newer version's") {
    open();
    journal.reset();
    change(file.path, "PRAGMA user_version = 7");
    CHECK_THAT(refused().message,
               Contains("newer riskbreaker (version 7") && Contains("update"));
  }
  CHECK(refused().what == kind::unusable);
}

TEST_CASE_METHOD(journal_fixture,
                 "journal: a place where no file can be is named with its cure",
                 "[journal]") {
  SECTION("a missing folder") {
    file.path = folder + "/nowhere/j.db";
    CHECK_THAT(refused().message, Contains("its folder does not exist"));
  }
  SECTION("a folder") {
    file.path = folder;
    CHECK_THAT(refused().message, Contains("is a folder"));
  }
  SECTION("where not even root writes") {
    file.path = "/sys/kernel/j.db";
    CHECK_THAT(refused().message, Contains("cannot be written"));
  }
  auto bad = refused();
  CHECK(bad.what == kind::unusable);
  CHECK_THAT(bad.message, Contains(file.path) && Contains("journal.path"));
}

TEST_CASE_METHOD(journal_fixture,
                 "journal: a damaged file is told from a foreign one",
                 "[journal]") {
  SECTION("what a power cut may leave") {
    put_text(file.path, std::string(4'096, '\0'));
    CHECK(refused().what == kind::damaged);
  }
  SECTION("pages overwritten") {
    open();
    write({.breakers = {{"s", {}}}});
    journal.reset();
    auto size = std::filesystem::file_size(file.path);
    std::fstream x{file.path, std::ios::in | std::ios::out | std::ios::binary};
    x.seekp(100);
    x << std::string(size - 100, 'x');
    x.close();
    CHECK(refused().what == kind::damaged);
  }
  auto to = transport::move_journal_aside(file.path, at(5));
  CHECK(to == file.path + ".damaged-1700000105");
  CHECK(std::filesystem::exists(to));
  open();
  CHECK(load().breakers.empty());
}
