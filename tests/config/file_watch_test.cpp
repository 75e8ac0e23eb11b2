#include "config/file_watch.hpp"
#include "config/settings.hpp"
#include "tests/support/catch.hpp"

#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

using namespace riskbreaker;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

/// Real files and a real watch, with short waits. What must happen is waited
/// for; that nothing happens is seen by a later event being the next one.
struct fixture {
  fixture() {
    std::string pattern = (fs::temp_directory_path() / "rbwatch-XXXXXX");
    REQUIRE(mkdtemp(pattern.data()) != nullptr);
    dir = pattern;
  }

  ~fixture() {
    watch.stop();
    std::error_code ec;
    fs::remove_all(dir, ec);
  }

  std::string write(const std::string& name, const std::string& text) {
    auto path = dir / name;
    std::ofstream{path} << text;
    return path;
  }

  void start(std::vector<std::string> paths) {
    watch.note(paths);
    watch.watch(std::move(paths));
    watch.start([this] { ++seen; });
  }

  /// Whether it became `n` in time; polled, since the watch has a thread.
  bool reaches(int n) {
    for (int i = 0; i < 1'000 && seen < n; ++i)
      std::this_thread::sleep_for(10ms);
    return seen == n;
  }

  fs::path dir;
  std::atomic<int> seen = 0;
  /// The poll is far away: what is seen, was told by the kernel.
  config::file_watch watch{{20ms, 100ms, 60s}};
};

} // namespace

TEST_CASE_METHOD(fixture, "file watch: a file written in place is seen",
                 "[file_watch]") {
  auto path = write("a.json", "1");
  start({path});
  write("a.json", "2");
  CHECK(reaches(1));
  write("a.json", "3");
  CHECK(reaches(2));
}

TEST_CASE_METHOD(fixture,
                 "file watch: a file that another is moved over is seen, as "
                 "editors do it",
                 "[file_watch]") {
  auto path = write("a.json", "1");
  start({path});
  fs::rename(write("a.json.new", "2"), path);
  CHECK(reaches(1));
  // vim: the old one is moved away, a new one written.
  fs::rename(path, dir / "a.json~");
  write("a.json", "3");
  CHECK(reaches(2));
}

TEST_CASE_METHOD(fixture, "file watch: the same text again is no change",
                 "[file_watch]") {
  auto path = write("a.json", "1");
  auto other = write("b.json", "1");
  start({path, other});
  write("a.json", "1");
  write("unrelated", "x");
  std::this_thread::sleep_for(60ms); // a look by itself, if it were one
  write("b.json", "2");
  CHECK(reaches(1));
}

TEST_CASE_METHOD(fixture,
                 "file watch: a link that is swapped is seen, as Kubernetes "
                 "does it",
                 "[file_watch]") {
  fs::create_directory(dir / "..v1");
  fs::create_directory(dir / "..v2");
  write("..v1/a.json", "1");
  write("..v2/a.json", "2");
  fs::create_directory_symlink("..v1", dir / "..data");
  fs::create_symlink("..data/a.json", dir / "a.json");
  start({dir / "a.json"});
  fs::create_directory_symlink("..v2", dir / "..data_tmp");
  fs::rename(dir / "..data_tmp", dir / "..data");
  CHECK(reaches(1));
  write("..v1/a.json", "nobody's");
  write("..v2/a.json", "3"); // behind both links
  CHECK(reaches(2));
}

TEST_CASE_METHOD(fixture,
                 "file watch: a link's target elsewhere is watched as well",
                 "[file_watch]") {
  fs::create_directory(dir / "elsewhere");
  auto target = write("elsewhere/real.json", "1");
  fs::create_symlink(target, dir / "a.json");
  start({dir / "a.json"});
  write("elsewhere/real.json", "2");
  CHECK(reaches(1));
}

TEST_CASE_METHOD(fixture,
                 "file watch: a file that goes is told once, and again when it "
                 "is back",
                 "[file_watch]") {
  auto path = write("a.json", "1");
  start({path});
  fs::remove(path);
  CHECK(reaches(1));
  write("a.json", "1");
  CHECK(reaches(2));
}

TEST_CASE_METHOD(fixture,
                 "file watch: a change between reading and watching is not "
                 "missed",
                 "[file_watch]") {
  auto path = write("a.json", "1");
  watch.note({path});
  write("a.json", "2");
  watch.watch({path});
  watch.start([this] { ++seen; });
  CHECK(reaches(1));
}

TEST_CASE_METHOD(fixture, "file watch: other files may be watched later",
                 "[file_watch]") {
  auto a = write("a.json", "1");
  fs::create_directory(dir / "other");
  auto b = write("other/b.txt", "1");
  start({a});
  watch.watch({a, b});
  std::this_thread::sleep_for(60ms); // else both looks may be one
  write("other/b.txt", "2");
  CHECK(reaches(1));
  watch.watch({a});
  std::this_thread::sleep_for(60ms);
  write("other/b.txt", "3");
  write("a.json", "2");
  CHECK(reaches(2));
}

TEST_CASE_METHOD(fixture, "file watch: what tells nothing is polled",
                 "[file_watch]") {
  // The folder is not there yet, so the kernel has nothing to watch.
  config::file_watch polling{{10ms, 20ms, 50ms}};
  auto path = (dir / "later" / "a.json").string();
  polling.note({path});
  polling.watch({path});
  polling.start([this] { ++seen; });
  fs::create_directory(dir / "later");
  write("later/a.json", "1");
  CHECK(reaches(1));
  polling.stop();
}

TEST_CASE_METHOD(fixture, "file watch: what it calls is let go when it stops",
                 "[file_watch]") {
  auto held = std::make_shared<int>();
  config::file_watch brief;
  brief.start([held] {});
  brief.stop();
  CHECK(held.use_count() == 1);
}

TEST_CASE("file watch: prompts and key files belong to a configuration",
          "[file_watch]") {
  config::settings x;
  auto strategy = config::default_strategy("s");
  strategy.prompt_file = "/etc/p.txt";
  x.strategies.strategies = {std::make_shared<const core::strategy>(strategy),
                             std::make_shared<const core::strategy>(strategy)};
  x.key_sources["e"] = {"SOME_ENV", "/run/secrets/key"};
  x.key_sources["f"] = {"ONLY_ENV", ""};
  CHECK(config::files_of(x, {"a.json", "b.json"})
        == std::vector<std::string>{"a.json", "b.json", "/etc/p.txt",
                                    "/run/secrets/key"});
}
